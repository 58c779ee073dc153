package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.testing.TestFactory;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.LockModeType;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Version;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.hibernate.Hibernate;
import org.hibernate.LockMode;
import org.hibernate.Session;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A rollback passes over entities that nothing has happened to. Whatever happens to one must keep it from being taken for such. */
class NestedUntouchedTest {

    @Embeddable
    static class Size {
        int width;
        int height;
    }

    @Entity(name = "Parcel")
    static class Parcel {
        @Id
        long id;

        @Version
        int version;

        String label;

        byte[] seal;

        @Embedded
        Size size = new Size();

        @ManyToOne(fetch = FetchType.LAZY)
        Parcel inside;

        protected Parcel() {}

        Parcel(long id) {
            this.id = id;
            this.label = "label-" + id;
            this.seal = new byte[] {1, 2, 3};
        }

        @Override
        public String toString() {
            return id + " " + version + " " + label + " " + Arrays.toString(seal) + " " + size.width + "x" + size.height
                    + " in " + (inside == null ? "none" : inside.id);
        }
    }

    @Entity(name = "Slip")
    static class Slip {
        @Id
        long id = 1;

        String text = "text";
    }

    /** What may happen to one of three entities that are managed. */
    enum Happening {
        NONE((em, parcel) -> {}),
        CHANGED((em, parcel) -> parcel.label = "changed"),
        CHANGED_AND_FLUSHED((em, parcel) -> {
            parcel.label = "changed";
            em.flush();
        }),
        CHANGED_FLUSHED_AND_CHANGED_BACK((em, parcel) -> {
            String label = parcel.label;
            parcel.label = "changed";
            em.flush();
            parcel.label = label;
            em.flush();
        }),
        CHANGED_IN_PLACE((em, parcel) -> parcel.seal[1] = 9),
        CHANGED_IN_PLACE_AND_FLUSHED((em, parcel) -> {
            parcel.seal[1] = 9;
            em.flush();
        }),
        CHANGED_INSIDE_AN_EMBEDDABLE((em, parcel) -> parcel.size.width = 9),
        GIVEN_A_REFERENCE((em, parcel) -> parcel.inside = em.getReference(Parcel.class, 4)),
        GIVEN_ANOTHER_VERSION((em, parcel) -> parcel.version = 9),
        GIVEN_ANOTHER_IDENTIFIER((em, parcel) -> parcel.id = 9),
        GIVEN_ANOTHER_IDENTIFIER_AND_REFUSED((em, parcel) -> {
            parcel.id = 9;
            parcel.label = "changed";
            assertThatThrownBy(em::flush).hasStackTraceContaining("was altered from 2 to 9");
        }),
        SET_TO_NULL((em, parcel) -> {
            parcel.label = null;
            parcel.seal = null;
        }),
        MADE_READ_ONLY((em, parcel) -> em.unwrap(Session.class).setReadOnly(parcel, true)),
        MADE_READ_ONLY_AND_BACK_WITH_A_CHANGE((em, parcel) -> {
            em.unwrap(Session.class).setReadOnly(parcel, true);
            parcel.label = "changed";
            em.unwrap(Session.class).setReadOnly(parcel, false);
        }),
        LOCKED((em, parcel) -> em.lock(parcel, LockModeType.PESSIMISTIC_WRITE)),
        LOCKED_WITH_A_NEW_VERSION((em, parcel) -> em.lock(parcel, LockModeType.PESSIMISTIC_FORCE_INCREMENT)),
        LOCKED_WITH_A_NEW_VERSION_AT_THE_END((em, parcel) -> em.lock(parcel, LockModeType.OPTIMISTIC_FORCE_INCREMENT)),
        DETACHED(EntityManager::detach),
        DETACHED_AND_FOUND_ANEW((em, parcel) -> {
            em.detach(parcel);
            em.find(Parcel.class, parcel.id).label = "changed";
            em.flush();
        }),
        CLEARED((em, parcel) -> em.clear()),
        CLEARED_AND_FOUND_ANEW((em, parcel) -> {
            em.clear();
            em.find(Parcel.class, parcel.id).label = "changed";
        }),
        DETACHED_AND_ANOTHER_FOUND((em, parcel) -> {
            em.detach(parcel);
            em.find(Parcel.class, 4).label = "changed";
            em.flush();
        }),
        REFRESHED((em, parcel) -> {
            em.createNativeQuery("update parcel set label = 'changed' where id = " + parcel.id)
                    .executeUpdate();
            em.refresh(parcel);
        }),
        REFRESHED_IN_VAIN((em, parcel) -> {
            em.createNativeQuery("delete from parcel where id = " + parcel.id).executeUpdate();
            assertThatThrownBy(() -> em.refresh(parcel)).isInstanceOf(RuntimeException.class);
        }),
        MERGED((em, parcel) -> {
            Parcel copy = new Parcel(parcel.id);
            copy.version = parcel.version;
            copy.label = "changed";
            em.merge(copy);
        }),
        REMOVED(EntityManager::remove),
        REMOVED_AND_FLUSHED((em, parcel) -> {
            em.remove(parcel);
            em.flush();
        }),
        REMOVED_AND_PERSISTED((em, parcel) -> {
            em.remove(parcel);
            em.persist(parcel);
        }),
        REMOVED_FLUSHED_AND_PERSISTED((em, parcel) -> {
            em.remove(parcel);
            em.flush();
            em.persist(parcel);
            em.flush();
        });

        final BiConsumer<EntityManager, Parcel> how;

        Happening(BiConsumer<EntityManager, Parcel> how) {
            this.how = how;
        }
    }

    static TestFactory database;

    Statistics statistics;
    UnitOfWork unitOfWork;

    @BeforeAll
    static void start() {
        database = TestFactory.of(Map.of(AvailableSettings.GENERATE_STATISTICS, true), Parcel.class, Slip.class);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void begin() {
        database.execute("TRUNCATE parcel, slip");
        statistics = database.factory().getStatistics();
        unitOfWork = UnitOfWork.of(database.factory());
        unitOfWork.run(em -> Stream.of(1, 2, 3, 4).map(Parcel::new).forEach(em::persist));
    }

    @AfterEach
    void everythingIsGivenBack() {
        assertThat(unitOfWork.isActive()).isFalse();
        assertThat(database.borrowedConnections()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void isAsItWasWhateverHappened(Happening happening) {
        unitOfWork.run(em -> {
            List<Parcel> parcels = firstThree(em);
            List<String> before = texts(parcels);
            List<LockMode> locksBefore = locks(em, parcels);

            failNested(() -> {
                happening.how.accept(em, parcels.get(1));
                statistics.clear();
            });

            assertThat(statistics.getPrepareStatementCount())
                    .isEqualTo(happening == Happening.DETACHED_AND_ANOTHER_FOUND ? 1 : 0);
            assertThat(texts(parcels)).isEqualTo(before);
            assertThat(parcels).allMatch(em::contains);
            assertThat(locks(em, parcels)).isEqualTo(locksBefore);
            assertThat(parcels).noneMatch(em.unwrap(Session.class)::isReadOnly);
            statistics.clear();
            assertThat(parcels).allMatch(parcel -> em.find(Parcel.class, parcel.id) == parcel);
            em.flush();
            assertThat(statistics.getPrepareStatementCount()).isZero();
        });
        assertThat(database.select("SELECT sum(version)::int FROM parcel")).containsExactly(0);
    }

    @ParameterizedTest
    @EnumSource
    void isWrittenWhenItChangesAfterwards(Happening happening) {
        unitOfWork.run(em -> {
            List<Parcel> parcels = firstThree(em);
            failNested(() -> happening.how.accept(em, parcels.get(1)));
            parcels.forEach(parcel -> {
                parcel.label = "later";
                parcel.seal[0] = 7;
            });
        });

        assertThat(database.select("SELECT label || version || encode(seal, 'hex') FROM parcel ORDER BY id"))
                .containsExactly("later1070203", "later1070203", "later1070203", "label-40010203");
    }

    @ParameterizedTest
    @EnumSource
    void isAsTheOuterNestedScopeFoundIt(Happening happening) {
        unitOfWork.run(em -> {
            List<Parcel> parcels = firstThree(em);
            List<String> before = texts(parcels);

            failNested(() -> {
                parcels.get(1).label = "outer";
                failNested(() -> happening.how.accept(em, parcels.get(1)));
                assertThat(parcels.get(1).label).isEqualTo("outer");
            });

            assertThat(texts(parcels)).isEqualTo(before);
            em.flush();
        });
        assertThat(database.select("SELECT sum(version)::int FROM parcel")).containsExactly(0);
    }

    /** Its values are those of before, and Hibernate believes that others are in the database. */
    @Test
    void isNotWrittenIfItWasChangedBackAfterAFlushThatNoVersionTellsOf() {
        unitOfWork.run(em -> em.persist(new Slip()));

        unitOfWork.run(em -> {
            Slip slip = em.find(Slip.class, 1);
            failNested(() -> {
                slip.text = "changed";
                em.flush();
                slip.text = "text";
            });

            statistics.clear();
            em.flush();
            assertThat(statistics.getPrepareStatementCount()).isZero();
        });
    }

    @Test
    void doesNotHideWhatWasPersistedInside() {
        unitOfWork.run(em -> {
            List<Parcel> parcels = firstThree(em);
            Parcel persisted = new Parcel(5);

            failNested(() -> {
                em.remove(parcels.get(0));
                em.persist(persisted);
                em.flush();
                em.detach(parcels.get(2));
            });

            assertThat(em.contains(persisted)).isFalse();
            assertThat(parcels).allMatch(em::contains);
        });
        assertThat(database.select("SELECT id::int FROM parcel ORDER BY id")).containsExactly(1, 2, 3, 4);
    }

    @Test
    void doesNotHideWhatWasLoadedInside() {
        unitOfWork.run(em -> {
            List<Parcel> parcels = firstThree(em);
            Parcel proxy = em.getReference(Parcel.class, 4);

            failNested(() -> {
                em.detach(parcels.get(0));
                ((Parcel) Hibernate.unproxy(proxy)).label = "changed";
                em.flush();
            });

            assertThat(((Parcel) Hibernate.unproxy(proxy)).label).isEqualTo("label-4");
            assertThat(em.find(Parcel.class, 4)).isSameAs(proxy);
        });
    }

    private static List<Parcel> firstThree(EntityManager em) {
        return em.createQuery("from Parcel where id < 4 order by id", Parcel.class)
                .getResultList();
    }

    private static List<String> texts(List<Parcel> parcels) {
        return parcels.stream().map(Parcel::toString).toList();
    }

    private static List<LockMode> locks(EntityManager em, List<Parcel> parcels) {
        return parcels.stream()
                .map(em.unwrap(Session.class)::getCurrentLockMode)
                .toList();
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
