package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.testing.TestFactory;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapsId;
import jakarta.persistence.OneToMany;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a nested scope persisted and lost is transient after its rollback, and can be persisted anew. */
class NestedNewEntitiesTest {

    @Entity(name = "Trip")
    static class Trip {
        @Id
        @GeneratedValue(strategy = GenerationType.SEQUENCE)
        Long id;

        @Version
        Integer version;

        String name;

        @OneToMany(mappedBy = "trip", cascade = CascadeType.ALL, orphanRemoval = true)
        List<Leg> legs = new ArrayList<>();

        protected Trip() {}

        Trip(String name) {
            this.name = name;
        }

        Leg add(int number) {
            Leg leg = new Leg();
            leg.trip = this;
            leg.key.number = number;
            legs.add(leg);
            return leg;
        }
    }

    @Embeddable
    static class LegKey {
        Long tripId;
        int number;

        @Override
        public boolean equals(Object other) {
            return other instanceof LegKey that
                    && number == that.number
                    && java.util.Objects.equals(tripId, that.tripId);
        }

        @Override
        public int hashCode() {
            return number;
        }
    }

    @Entity(name = "Leg")
    static class Leg {
        @EmbeddedId
        LegKey key = new LegKey();

        @MapsId("tripId")
        @ManyToOne
        Trip trip;
    }

    @Entity(name = "Pass")
    static class Pass {
        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        long id;

        @Version
        int version;

        @Column(unique = true)
        String code;

        protected Pass() {}

        Pass(String code) {
            this.code = code;
        }
    }

    @Entity(name = "Voucher")
    static class Voucher {
        @Id
        @GeneratedValue
        UUID id;

        String text;
    }

    /** Ways in which a persistence context loses an entity that it has not inserted yet, or has. */
    enum Loss {
        CLEARED((em, entity) -> em.clear()),
        DETACHED(EntityManager::detach),
        REMOVED(EntityManager::remove),
        FLUSHED_AND_CLEARED((em, entity) -> {
            em.flush();
            em.clear();
        }),
        FLUSHED_AND_REMOVED((em, entity) -> {
            em.flush();
            em.remove(entity);
            em.flush();
        }),
        REFRESHED_IN_VAIN((em, entity) -> {
            try {
                em.refresh(entity);
            } catch (PersistenceException | IllegalArgumentException e) {
                em.clear();
            }
        });

        final BiConsumer<EntityManager, Object> how;

        Loss(BiConsumer<EntityManager, Object> how) {
            this.how = how;
        }
    }

    static TestFactory database;

    UnitOfWork unitOfWork;

    @BeforeAll
    static void start() {
        database = TestFactory.of(Trip.class, Leg.class, Pass.class, Voucher.class);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void begin() {
        database.execute("TRUNCATE trip, leg, pass, voucher");
        unitOfWork = UnitOfWork.of(database.factory());
    }

    @AfterEach
    void everythingIsGivenBack() {
        assertThat(unitOfWork.isActive()).isFalse();
        assertThat(database.borrowedConnections()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void hasNeitherGeneratedIdentifierNorVersionAnyMore(Loss loss) {
        unitOfWork.run(em -> {
            Trip trip = new Trip("trip");
            failNested(() -> {
                em.persist(trip);
                loss.how.accept(em, trip);
            });
            assertThat(trip.id).isNull();
            assertThat(trip.version).isNull();
            em.persist(trip);
        });

        assertThat(rows("trip", "name")).containsExactly("trip");
    }

    @ParameterizedTest
    @EnumSource
    void hasNoIdentityOfItsRowAnyMore(Loss loss) {
        unitOfWork.run(em -> {
            Pass pass = new Pass("pass");
            failNested(() -> {
                em.persist(pass);
                loss.how.accept(em, pass);
            });
            assertThat(pass.id).isZero();
            em.persist(pass);
        });

        assertThat(rows("pass", "code")).containsExactly("pass");
    }

    @ParameterizedTest
    @EnumSource
    void isTransientTogetherWithWhatWasCascadedTo(Loss loss) {
        unitOfWork.run(em -> {
            Trip trip = new Trip("trip");
            Leg leg = trip.add(7);
            failNested(() -> {
                em.persist(trip);
                loss.how.accept(em, trip);
            });
            assertThat(leg.key.tripId).isNull();
            assertThat(trip.legs).isInstanceOf(ArrayList.class).containsExactly(leg);
            em.persist(trip);
        });

        assertThat(rows("leg", "number")).containsExactly(7);
    }

    @ParameterizedTest
    @EnumSource
    void isTransientWithoutAVersionToo(Loss loss) {
        unitOfWork.run(em -> {
            Voucher voucher = new Voucher();
            voucher.text = "text";
            failNested(() -> {
                em.persist(voucher);
                loss.how.accept(em, voucher);
            });
            assertThat(voucher.id).isNull();
            em.persist(voucher);
        });

        assertThat(rows("voucher", "text")).containsExactly("text");
    }

    @ParameterizedTest
    @EnumSource
    void isTransientIfItIsTheCopyOfAMergedOne(Loss loss) {
        unitOfWork.run(em -> {
            Trip[] copy = new Trip[1];
            failNested(() -> {
                Trip detached = new Trip("merged");
                detached.add(1);
                copy[0] = em.merge(detached);
                loss.how.accept(em, copy[0]);
            });
            assertThat(copy[0].id).isNull();
            em.persist(copy[0]);
        });

        assertThat(rows("trip", "name")).containsExactly("merged");
        assertThat(rows("leg", "number")).containsExactly(1);
    }

    @Test
    void isTransientIfTheFlushCascadedToItAndDied() {
        database.execute("INSERT INTO pass (version, code) VALUES (0, 'taken')");

        unitOfWork.run(em -> {
            Trip trip = new Trip("trip");
            em.persist(trip);
            Leg[] leg = new Leg[1];
            assertThatThrownBy(() -> unitOfWork.with(Propagation.NESTED).run(() -> {
                        leg[0] = trip.add(3);
                        em.flush();
                        em.clear();
                        em.persist(new Pass("taken"));
                    }))
                    .isInstanceOf(PersistenceException.class);
            assertThat(trip.legs).isEmpty();
            assertThat(leg[0].key.tripId).isNull();
            trip.legs.add(leg[0]);
        });

        assertThat(rows("leg", "number")).containsExactly(3);
    }

    @Test
    void staysDetachedIfItWasDetachedBefore() {
        Trip detached = unitOfWork.call(em -> {
            Trip trip = new Trip("trip");
            em.persist(trip);
            return trip;
        });

        unitOfWork.run(em -> {
            Long id = detached.id;
            assertThatThrownBy(() -> unitOfWork.with(Propagation.NESTED).run(() -> em.persist(detached)))
                    .isInstanceOf(PersistenceException.class);
            assertThat(detached.id).isEqualTo(id);
            em.merge(detached).name = "merged";
        });

        assertThat(rows("trip", "name")).containsExactly("merged");
    }

    @Nested
    class AtDepth {

        @Test
        void isTransientWhenAnOuterScopeFailsAfterTheInnerOneSucceeded() {
            unitOfWork.run(em -> {
                Trip trip = new Trip("trip");
                failNested(() -> {
                    unitOfWork.with(Propagation.NESTED).run(() -> em.persist(trip));
                    em.clear();
                });
                assertThat(trip.id).isNull();
                em.persist(trip);
            });

            assertThat(rows("trip", "name")).containsExactly("trip");
        }

        @Test
        void staysManagedWhenOnlyTheInnerScopeFailed() {
            unitOfWork.run(em -> {
                Trip trip = new Trip("trip");
                unitOfWork.with(Propagation.NESTED).run(() -> {
                    em.persist(trip);
                    Long id = trip.id;
                    failNested(em::clear);
                    assertThat(em.contains(trip)).isTrue();
                    assertThat(trip.id).isEqualTo(id);
                });
                trip.name = "changed";
            });

            assertThat(rows("trip", "name")).containsExactly("changed");
        }
    }

    private List<Object> rows(String table, String column) {
        return database.select("SELECT " + column + " FROM " + table + " ORDER BY 1");
    }

    private void failNested(Runnable work) {
        assertThatThrownBy(() -> unitOfWork.with(Propagation.NESTED).run(() -> {
                    work.run();
                    throw new IllegalArgumentException("nested");
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("nested");
    }
}
