package io.hexai.jpa.subscription;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.bootstrap.HexaiJpa;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.subscription.AccountEvent.Deposited;
import io.hexai.jpa.subscription.AccountEvent.Withdrawn;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.UnitOfWork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;

/** What a process of an application has: a pool, a factory, a unit of work, a store, and the subscriptions it has built. */
final class Application implements AutoCloseable {

    final HikariDataSource pool;
    final SessionFactory factory;
    final UnitOfWork unitOfWork;
    final EventStore store;
    private final List<EventSubscription> subscriptions = new ArrayList<>();

    Application(String jdbcUrl, Class<?>... entities) {
        pool = TestFactory.pool(jdbcUrl, 20);
        factory = new HibernatePersistenceConfiguration("subscriptions")
                .managedClasses(Stream.of(HexaiJpa.managedClasses(), List.of(Balance.class), List.of(entities))
                        .flatMap(List::stream)
                        .toArray(Class<?>[]::new))
                .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool)
                .property(AvailableSettings.HBM2DDL_AUTO, entities.length == 0 ? "none" : "update")
                .createEntityManagerFactory();
        unitOfWork = UnitOfWork.builder(factory).commitPatience(Duration.ZERO).build();
        store = EventStore.builder(unitOfWork)
                .types(EventTypes.ofSealed(AccountEvent.class))
                .build();
    }

    /** Starts to build one that polls seldom: tests that are not about polling have to be woken. */
    EventSubscriptionBuilder subscription(String name) {
        return EventSubscription.builder(store, name)
                .pollInterval(Duration.ofSeconds(20))
                .onPoison(PoisonPolicy.stop().withAttempts(2).withBackoff(Duration.ofMillis(1), Duration.ofMillis(2)));
    }

    /** Starts to build one that keeps the balances. */
    EventSubscriptionBuilder balances(String name) {
        return subscription(name)
                .on(Deposited.class, (deposited, event) -> add(deposited.account(), deposited.amount()))
                .on(Withdrawn.class, (withdrawn, event) -> add(withdrawn.account(), -withdrawn.amount()));
    }

    void add(String account, int amount) {
        Balance.add(unitOfWork.entityManager(), account, amount);
    }

    EventSubscription build(EventSubscriptionBuilder builder) {
        EventSubscription subscription = builder.build();
        subscriptions.add(subscription);
        return subscription;
    }

    EventSubscription start(EventSubscriptionBuilder builder) {
        EventSubscription subscription = build(builder);
        subscription.start();
        return subscription;
    }

    void closeSubscriptions() {
        subscriptions.forEach(EventSubscription::close);
    }

    @Override
    public void close() {
        closeSubscriptions();
        factory.close();
        pool.close();
    }
}
