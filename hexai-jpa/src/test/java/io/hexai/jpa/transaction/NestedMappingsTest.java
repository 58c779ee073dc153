package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.testing.TestFactory;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.Version;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Nested rollbacks of mappings that Hibernate keeps track of in ways of their own. */
class NestedMappingsTest {

    @Entity(name = "Ticket")
    static class Ticket {
        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        Long id;

        @Version
        Integer version;

        @Column(unique = true)
        String code;
    }

    @Entity(name = "Route")
    static class Route {
        @Id
        long id;

        @Version
        int version;

        @ElementCollection
        @OrderColumn
        String[] stops;

        protected Route() {}

        Route(long id, String... stops) {
            this.id = id;
            this.stops = stops;
        }
    }

    @Entity(name = "Draft")
    static class Draft {
        @Id
        long id;

        String text;
    }

    static TestFactory database;

    UnitOfWork unitOfWork;

    @BeforeAll
    static void start() {
        database = TestFactory.of(Ticket.class, Route.class, Draft.class);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void begin() {
        database.execute("TRUNCATE ticket, route, route_stops, draft");
        unitOfWork = UnitOfWork.builder(database.factory())
                .allowUnversionedOptimisticWrites()
                .build();
    }

    @AfterEach
    void everythingIsGivenBack() {
        assertThat(unitOfWork.isActive()).isFalse();
        assertThat(database.borrowedConnections()).isZero();
    }

    @Test
    void persistsAnewWhatTheDatabaseRefusedToIdentify() {
        database.execute("INSERT INTO ticket (version, code) VALUES (0, 'taken')");

        unitOfWork.run(em -> {
            Ticket ticket = new Ticket();
            ticket.code = "taken";
            assertThatThrownBy(() -> unitOfWork.with(Propagation.NESTED).run(() -> em.persist(ticket)))
                    .isInstanceOf(PersistenceException.class);
            assertThat(em.contains(ticket)).isFalse();
            ticket.code = "free";
            em.persist(ticket);
        });

        assertThat(database.select("SELECT code FROM ticket ORDER BY code")).containsExactly("free", "taken");
    }

    @Test
    void findsAgainWhatWasRemovedByAReferenceThatWasNeverLoaded() {
        database.execute("INSERT INTO draft (id, text) VALUES (1, 'text')");

        unitOfWork.run(em -> {
            failNested(() -> {
                em.remove(em.getReference(Draft.class, 1L));
                em.flush();
            });
            assertThat(em.find(Draft.class, 1L)).isNotNull();
        });
    }

    @Nested
    class Arrays {

        @Test
        void holdTheirOldElementsAgain() {
            unitOfWork.run(em -> em.persist(new Route(1, "a", "b")));

            unitOfWork.run(em -> {
                Route route = em.find(Route.class, 1);
                failNested(() -> {
                    route.stops[0] = "changed";
                    em.flush();
                });
                assertThat(route.stops).containsExactly("a", "b");
                route.stops[1] = "c";
            });

            assertThat(stops()).containsExactly("a", "c");
        }

        @Test
        void areTheOldOnesAgainWhenTheyWereReplaced() {
            unitOfWork.run(em -> em.persist(new Route(1, "a", "b")));

            unitOfWork.run(em -> {
                Route route = em.find(Route.class, 1);
                failNested(() -> {
                    route.stops = new String[] {"changed"};
                    em.flush();
                });
                assertThat(route.stops).containsExactly("a", "b");
            });

            assertThat(stops()).containsExactly("a", "b");
        }

        @Test
        void canBePersistedAnew() {
            unitOfWork.run(em -> {
                Route route = new Route(1, "a", "b");
                failNested(() -> {
                    em.persist(route);
                    em.flush();
                });
                em.persist(route);
            });

            assertThat(stops()).containsExactly("a", "b");
        }

        private List<Object> stops() {
            return database.select("SELECT stops FROM route_stops ORDER BY stops_order");
        }
    }

    private void failNested(Runnable work) {
        assertThatThrownBy(() -> unitOfWork.with(Propagation.NESTED).run(() -> {
                    work.run();
                    throw new IllegalArgumentException("nested");
                }))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
