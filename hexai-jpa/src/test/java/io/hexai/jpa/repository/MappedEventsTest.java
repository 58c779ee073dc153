package io.hexai.jpa.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventType;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.event.HexaiEvent;
import io.hexai.jpa.event.RaisesEvents;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.event.UndrainedEventsException;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.CommitPhase;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events that domain objects raise are stored as those of entities are. */
class MappedEventsTest {

    @EventType("test.ticket-stamped")
    record Stamped(String ticket, String where) {}

    static final class Ticket implements RaisesEvents {
        private final String id;
        private String stamps;
        private final List<Object> raised = new ArrayList<>();

        Ticket(String id, String stamps) {
            this.id = id;
            this.stamps = stamps;
        }

        Ticket stamp(String where) {
            stamps += where;
            raised.add(new Stamped(id, where));
            return this;
        }

        @Override
        public List<Object> drainEvents() {
            List<Object> drained = List.copyOf(raised);
            raised.clear();
            return drained;
        }
    }

    @Entity(name = "Ticket")
    static class TicketRow {
        @Id
        String id;

        @Version
        int version;

        String stamps;
    }

    static class Tickets extends MappedRepository<Ticket, TicketRow, String> {
        Tickets(UnitOfWork unitOfWork) {
            super(unitOfWork, TicketRow.class);
        }

        @Override
        protected Ticket toDomain(TicketRow row) {
            return new Ticket(row.id, row.stamps);
        }

        @Override
        protected void copyTo(Ticket ticket, TicketRow row) {
            row.id = ticket.id;
            row.stamps = ticket.stamps;
        }

        @Override
        protected TicketRow newEntity() {
            return new TicketRow();
        }

        @Override
        protected String identity(Ticket ticket) {
            return ticket.id;
        }
    }

    static TestFactory database;

    UnitOfWork unitOfWork;
    UnitOfWork nested;
    Tickets tickets;
    EventStore store;

    @BeforeAll
    static void start() {
        database = TestFactory.of(HexaiEvent.class, TicketRow.class);
        database.execute("CREATE SEQUENCE hexai__events_position_seq");
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void begin() {
        database.execute(
                "DELETE FROM ticket; DELETE FROM hexai__events; ALTER SEQUENCE hexai__events_position_seq RESTART");
        database.execute("INSERT INTO ticket (id, version, stamps) VALUES ('a', 0, ''), ('b', 0, '')");
        unitOfWork = UnitOfWork.of(database.factory());
        nested = unitOfWork.with(Propagation.NESTED);
        tickets = new Tickets(unitOfWork);
        store = EventStore.builder(unitOfWork)
                .types(EventTypes.of(Stamped.class))
                .drainAggregates()
                .build();
    }

    List<Object> stored() {
        return store.fetch(0, 100).events().stream().map(StoredEvent::payload).toList();
    }

    static Stamped stamped(String ticket, String where) {
        return new Stamped(ticket, where);
    }

    @Test
    void areStoredWithTheObjectsInTheOrderRaised() {
        unitOfWork.run(() -> {
            tickets.get("a").stamp("x").stamp("y");
            tickets.add(new Ticket("c", "").stamp("z"));
            assertThat(stored()).isEmpty();
        });

        assertThat(stored()).containsExactly(stamped("a", "x"), stamped("a", "y"), stamped("c", "z"));
        assertThat(database.select("SELECT stamps FROM ticket ORDER BY id")).containsExactly("xy", "", "z");
    }

    @Test
    void ofRemovedObjectsAreStoredAlsoAfterAFlush() {
        unitOfWork.run(em -> {
            Ticket a = tickets.get("a").stamp("x");
            tickets.remove(a);
            em.flush();
            a.stamp("late");
            tickets.remove(tickets.get("b").stamp("y"));
        });

        assertThat(stored()).containsExactly(stamped("a", "x"), stamped("a", "late"), stamped("b", "y"));
        assertThat(database.select("SELECT id FROM ticket")).isEmpty();
    }

    @Test
    void thatHooksRaiseAreStored() {
        unitOfWork.run(() -> {
            Ticket a = tickets.get("a");
            unitOfWork.current().beforeCommit(() -> a.stamp("x"));
            unitOfWork.current().beforeCommit(CommitPhase.DRAIN, () -> a.stamp("y"));
        });

        assertThat(stored()).containsExactly(stamped("a", "x"), stamped("a", "y"));
    }

    @Test
    void goWithANestedScopeThatRollsBack() {
        unitOfWork.run(() -> {
            Ticket a = tickets.get("a").stamp("before");
            Ticket c = new Ticket("c", "");
            assertThatThrownBy(() -> nested.run(() -> {
                        a.stamp("inner");
                        tickets.remove(tickets.get("b").stamp("inner"));
                        tickets.add(c);
                        throw new IllegalStateException("refused");
                    }))
                    .isInstanceOf(IllegalStateException.class);
            nested.run(() -> a.stamp("kept"));
            a.stamp("after");
            tickets.get("b").stamp("b");
        });

        assertThat(stored())
                .containsExactly(
                        stamped("a", "before"), stamped("a", "kept"), stamped("a", "after"), stamped("b", "b"));
        assertThat(database.select("SELECT stamps FROM ticket ORDER BY id")).containsExactly("beforekeptafter", "b");
    }

    @Test
    void ofAnUntrackedObjectAreNotStored() {
        unitOfWork.run(() -> {
            Ticket a = tickets.get("a").stamp("x");
            tickets.untrack(a);
            a.stamp("y");
        });

        assertThat(stored()).isEmpty();
        assertThat(database.select("SELECT stamps FROM ticket WHERE id = 'a'")).containsExactly("");
    }

    @Test
    void ofAFailedAttemptAreNotStored() {
        unitOfWork.with(TransactionOptions.optimistic()).run(() -> {
            int attempt = unitOfWork.current().attempt();
            tickets.get("a").stamp("x" + attempt);
            if (attempt == 1) {
                database.execute("UPDATE ticket SET version = version + 1 WHERE id = 'a'");
            }
        });

        assertThat(stored()).containsExactly(stamped("a", "x2"));
    }

    @Test
    void failTheCommitIfNobodyStoresThem() {
        UnitOfWork without = UnitOfWork.of(database.factory());
        Tickets theirs = new Tickets(without);

        assertThatThrownBy(() -> without.run(() -> theirs.get("a").stamp("x")))
                .isInstanceOfSatisfying(
                        UndrainedEventsException.class,
                        e -> assertThat(e.entityClass()).isEqualTo(Ticket.class));

        assertThat(database.select("SELECT stamps FROM ticket WHERE id = 'a'")).containsExactly("");
    }
}
