package io.hexai.jpa.examples.projections;

import io.hexai.jpa.bootstrap.HexaiJpa;
import io.hexai.jpa.bootstrap.HexaiJpaBuilder;
import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.query.Queries;
import io.hexai.jpa.subscription.EventSubscription;
import io.hexai.jpa.subscription.EventSubscriptionBuilder;
import java.util.List;

/** What each of the processes has: the database, and the subscription that keeps the stock levels. */
final class Warehouse implements AutoCloseable {

    private final HexaiJpa jpa;

    private Warehouse(HexaiJpaBuilder builder) {
        jpa = builder.build();
    }

    static Warehouse open(PostgresConfig config) {
        return new Warehouse(builder(config));
    }

    static Warehouse migrateAndOpen(PostgresConfig config) {
        return new Warehouse(builder(config).migrate("classpath:projections/changelog.xml"));
    }

    private static HexaiJpaBuilder builder(PostgresConfig config) {
        return HexaiJpa.builder(config).entities(StockLevel.class).events(EventTypes.of(StockMoved.class));
    }

    /** The same in each process; until it is started, it only tells how far the others are. */
    EventSubscriptionBuilder stockLevels() {
        return EventSubscription.builder(jpa.eventStore(), "stock-levels")
                .on(
                        StockMoved.class,
                        (moved, event) -> StockLevel.apply(jpa.unitOfWork().entityManager(), moved));
    }

    void store(List<StockMoved> movements) {
        jpa.eventStore().storeAll(movements);
    }

    /** Lets the followers hear at once of what this process stores. */
    void announce() {
        EventSubscription.announceAppends(jpa.eventStore());
    }

    List<Level> levels() {
        return jpa.unitOfWork()
                .call(em -> em.createQuery("from StockLevel order by article", StockLevel.class)
                        .getResultStream()
                        .map(StockLevel::level)
                        .toList());
    }

    List<Level> levelsByTheLog() {
        return jpa.unitOfWork().call(() -> Queries.of(jpa.unitOfWork()).sql("""
                        SELECT payload ->> 'article' AS article, sum((payload ->> 'pieces')::integer) AS pieces, count(*) AS movements
                        FROM hexai__events WHERE message_type = 'warehouse.stock-moved' GROUP BY 1 ORDER BY 1
                        """).list(Level.class));
    }

    @Override
    public void close() {
        jpa.close();
    }

    /** What lies there of an article, after how many movements. */
    record Level(String article, long pieces, long movements) {}
}
