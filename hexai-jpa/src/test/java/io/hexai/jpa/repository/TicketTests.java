package io.hexai.jpa.repository;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.UnitOfWork;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A database of tickets for each test class; after each test no scope may be open and no connection borrowed. */
abstract class TicketTests {

    static final List<String> STATEMENTS = new CopyOnWriteArrayList<>();

    static TestFactory database;

    UnitOfWork unitOfWork;
    EntityRepository<Ticket, String> tickets;
    EntityRepository<Seat, Seat.Number> seats;

    @BeforeAll
    static void start() {
        database = TestFactory.of(
                Map.of(AvailableSettings.STATEMENT_INSPECTOR, (StatementInspector) sql -> {
                    STATEMENTS.add(sql);
                    return sql;
                }),
                Ticket.class,
                Remark.class,
                Seat.class);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void begin() {
        database.execute("TRUNCATE ticket, ticket_tags, remark, seat");
        use(UnitOfWork.of(database.factory()));
        STATEMENTS.clear();
    }

    void use(UnitOfWork used) {
        unitOfWork = used;
        tickets = EntityRepository.of(used, Ticket.class, String.class);
        seats = EntityRepository.of(used, Seat.class, Seat.Number.class);
    }

    @AfterEach
    void everythingIsGivenBack() {
        assertThat(unitOfWork.isActive()).isFalse();
        assertThat(database.borrowedConnections()).isZero();
    }

    void insert(String... ids) {
        unitOfWork.run(em -> {
            for (String id : ids) {
                em.persist(new Ticket(id));
            }
        });
        STATEMENTS.clear();
    }

    static Object value(String attribute, String id) {
        return database.select("SELECT " + attribute + " FROM ticket WHERE id = '" + id + "'")
                .get(0);
    }

    static List<String> selects() {
        return STATEMENTS.stream().filter(sql -> sql.startsWith("select")).toList();
    }
}
