package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.testing.TestFactory;
import jakarta.persistence.Cacheable;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hibernate.KeyType;
import org.hibernate.Session;
import org.hibernate.annotations.Cache;
import org.hibernate.annotations.CacheConcurrencyStrategy;
import org.hibernate.annotations.NaturalId;
import org.hibernate.annotations.NaturalIdCache;
import org.hibernate.jpa.HibernateHints;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The second-level cache holds nothing of a nested scope that was rolled back, and forgets what the outer work changed. */
class NestedCacheTest {

    @Entity(name = "Shelf")
    @Cacheable
    @Cache(usage = CacheConcurrencyStrategy.READ_WRITE, region = "shelf")
    @NaturalIdCache(region = "shelf-place")
    static class Shelf {
        @Id
        long id;

        @Version
        int version;

        @NaturalId(mutable = true)
        String place;

        String label;

        @ElementCollection
        @Cache(usage = CacheConcurrencyStrategy.READ_WRITE, region = "shelf-books")
        Set<String> books = new HashSet<>();

        protected Shelf() {}

        Shelf(long id, String place) {
            this.id = id;
            this.place = place;
            this.label = "label";
        }
    }

    @Entity(name = "Note")
    @Cacheable
    @Cache(usage = CacheConcurrencyStrategy.NONSTRICT_READ_WRITE, region = "note")
    static class Note {
        @Id
        long id;

        String text;
    }

    static TestFactory database;

    Statistics statistics;
    UnitOfWork unitOfWork;

    @BeforeAll
    static void start() {
        database = TestFactory.withCaches(Map.of(), Shelf.class, Note.class);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void fillTheCache() {
        unitOfWork = UnitOfWork.builder(database.factory())
                .allowUnversionedOptimisticWrites()
                .build();
        database.execute("TRUNCATE shelf, shelf_books, note;"
                + "INSERT INTO shelf (id, version, place, label) VALUES (1, 0, 'left', 'old');"
                + "INSERT INTO shelf_books (shelf_id, books) VALUES (1, 'first');"
                + "INSERT INTO note (id, text) VALUES (1, 'old')");
        database.factory().getCache().evictAllRegions();
        unitOfWork.run(em -> {
            assertThat(byPlace(em, "left").books).containsExactly("first");
            assertThat(em.find(Note.class, 1L).text).isEqualTo("old");
            assertThat(labels(em)).containsExactly("old");
        });
        statistics = database.factory().getStatistics();
        statistics.clear();
        assertThat(database.factory().getCache().containsEntity(Shelf.class, 1L))
                .isTrue();
    }

    /**
     * After a rollback Hibernate does not cache the old version of an entity for a while, with nested scopes or without; but a
     * newer one, unless somebody still holds a lock in the cache.
     */
    @AfterEach
    void servesWhatIsInTheDatabaseAndHoldsNoLock() {
        unitOfWork.run(this::requireTheStateOfTheDatabase);
        unitOfWork.run(em -> {
            changeTo(em.find(Shelf.class, 1L), "next");
            em.find(Note.class, 1L).text = "next";
        });
        unitOfWork.run(this::requireTheStateOfTheDatabase);
        statistics.clear();
        unitOfWork.run(this::requireTheStateOfTheDatabase);
        assertThat(statistics.getPrepareStatementCount()).isZero();
        assertThat(unitOfWork.isActive()).isFalse();
        assertThat(database.borrowedConnections()).isZero();
    }

    private void requireTheStateOfTheDatabase(EntityManager em) {
        Shelf shelf = em.find(Shelf.class, 1L);
        assertThat(List.of(shelf.label + shelf.place))
                .isEqualTo(database.select("SELECT label || place FROM shelf WHERE id = 1"));
        assertThat(shelf.books)
                .containsExactlyInAnyOrderElementsOf(strings(database.select("SELECT books FROM shelf_books")));
        assertThat(byPlace(em, shelf.place)).isSameAs(shelf);
        assertThat(labels(em)).isEqualTo(strings(database.select("SELECT label FROM shelf ORDER BY id")));
        assertThat(List.of(em.find(Note.class, 1L).text)).isEqualTo(database.select("SELECT text FROM note"));
    }

    @Test
    void stillServesWhatOnlyTheFailedScopeChanged() {
        unitOfWork.run(em -> {
            Shelf shelf = em.find(Shelf.class, 1L);
            failNested(em, () -> {
                shelf.label = "rolled back";
                shelf.books.add("rolled back");
                em.find(Note.class, 1L).text = "rolled back";
            });
        });

        assertThat(labelOfAll()).containsExactly("old");
    }

    @Test
    void forgetsNothingOfWhatWasRemovedInTheFailedScope() {
        unitOfWork.run(em -> failNested(em, () -> {
            em.remove(em.find(Shelf.class, 1L));
            em.remove(em.find(Note.class, 1L));
        }));

        assertThat(labelOfAll()).containsExactly("old");
    }

    @Test
    void doesNotKnowWhatWasPersistedInTheFailedScope() {
        unitOfWork.run(em -> failNested(em, () -> em.persist(new Shelf(2, "right"))));

        assertThat(database.factory().getCache().containsEntity(Shelf.class, 2L))
                .isFalse();
        unitOfWork.run(em -> {
            assertThat(em.find(Shelf.class, 2L)).isNull();
            assertThat(byPlace(em, "right")).isNull();
        });
    }

    @Test
    void knowsWhatWasPersistedAnewAfterTheFailedScope() {
        unitOfWork.run(em -> {
            Shelf shelf = new Shelf(2, "right");
            failNested(em, () -> em.persist(shelf));
            shelf.label = "anew";
            em.persist(shelf);
        });

        unitOfWork.run(em -> assertThat(em.find(Shelf.class, 2L).label).isEqualTo("anew"));
    }

    @Test
    void resolvesNaturalIdentifiersAsBefore() {
        unitOfWork.run(em -> {
            Shelf shelf = em.find(Shelf.class, 1L);
            failNested(em, () -> {
                shelf.place = "rolled back";
                em.flush();
                assertThat(byPlace(em, "rolled back")).isSameAs(shelf);
            });
        });

        unitOfWork.run(em -> {
            assertThat(byPlace(em, "rolled back")).isNull();
            assertThat(byPlace(em, "left")).isNotNull();
        });
    }

    @Nested
    class TheOuterWork {

        @Test
        void isSeenInWhatItChangedBefore() {
            unitOfWork.run(em -> {
                Shelf shelf = change(em, "outer");
                em.flush();
                failNested(em, () -> changeTo(shelf, "rolled back"));
            });

            assertThat(labelOfAll()).containsExactly("outer");
        }

        @Test
        void isSeenInWhatItChangedAfter() {
            unitOfWork.run(em -> {
                Shelf shelf = em.find(Shelf.class, 1L);
                failNested(em, () -> changeTo(shelf, "rolled back"));
                changeTo(shelf, "outer");
            });

            assertThat(labelOfAll()).containsExactly("outer");
        }

        @Test
        void isSeenInWhatASucceedingScopeChanged() {
            unitOfWork.run(em -> {
                Shelf shelf = em.find(Shelf.class, 1L);
                unitOfWork.with(Propagation.NESTED).run(() -> {
                    failNested(em, () -> changeTo(shelf, "rolled back"));
                    changeTo(shelf, "inner");
                });
            });

            assertThat(labelOfAll()).containsExactly("inner");
        }

        @Test
        void isNotSeenIfItIsRolledBackToo() {
            assertThatThrownBy(() -> unitOfWork.run(em -> {
                        Shelf shelf = change(em, "outer");
                        failNested(em, () -> changeTo(shelf, "rolled back"));
                        throw new IllegalStateException("outer");
                    }))
                    .hasMessage("outer");

            assertThat(labelOfAll()).containsExactly("old");
        }

        /** An entry that says from when on a table's results may be cached again belongs to its end, not to the scope's. */
        @Test
        void keepsQueriesOfOthersFromBeingCachedUntilItEnds() {
            unitOfWork.run(em -> {
                em.persist(new Shelf(2, "right"));
                failNested(em, () -> em.persist(new Shelf(3, "middle")));
                UnitOfWork other = unitOfWork.with(Propagation.NEW);
                for (int i = 0; i < 2; i++) {
                    assertThat(other.<List<String>, RuntimeException>call(NestedCacheTest::labels))
                            .containsExactly("old");
                }
            });

            assertThat(statistics.getQueryCacheHitCount()).isZero();
        }
    }

    @Nested
    class AWriteStatement {

        @Test
        void leavesNothingThatWasLoadedAfterIt() {
            unitOfWork.run(em -> failNested(em, () -> {
                database.factory().getCache().evictAllRegions();
                em.createQuery("update Shelf set label = 'rolled back'").executeUpdate();
                assertThat(em.find(Shelf.class, 1L).label).isEqualTo("rolled back");
                assertThat(labels(em)).containsExactly("rolled back");
            }));

            assertThat(labelOfAll()).containsExactly("old");
        }

        @Test
        void leavesNothingThatWasLoadedAfterItInNativeSqlEither() {
            unitOfWork.run(em -> failNested(em, () -> {
                database.factory().getCache().evictAllRegions();
                em.createNativeQuery("UPDATE shelf SET label = 'rolled back'").executeUpdate();
                assertThat(em.find(Shelf.class, 1L).label).isEqualTo("rolled back");
                assertThat(em.find(Note.class, 1L).text).isEqualTo("old");
            }));

            assertThat(labelOfAll()).containsExactly("old");
        }

        @Test
        void ofTheOuterWorkIsSeen() {
            unitOfWork.run(em -> {
                em.createQuery("update Shelf set label = 'outer'").executeUpdate();
                failNested(em, () -> em.find(Shelf.class, 1L).label = "rolled back");
            });

            assertThat(labelOfAll()).containsExactly("outer");
        }
    }

    private static Shelf change(EntityManager em, String to) {
        Shelf shelf = em.find(Shelf.class, 1L);
        changeTo(shelf, to);
        return shelf;
    }

    private static void changeTo(Shelf shelf, String text) {
        shelf.label = text;
        shelf.place = text;
        shelf.books.add(text);
    }

    private static Shelf byPlace(EntityManager em, String place) {
        return em.unwrap(Session.class).find(Shelf.class, place, KeyType.NATURAL);
    }

    private static List<String> labels(EntityManager em) {
        return em.createQuery("select s.label from Shelf s order by s.id", String.class)
                .setHint(HibernateHints.HINT_CACHEABLE, true)
                .getResultList();
    }

    private List<String> labelOfAll() {
        return unitOfWork.call(NestedCacheTest::labels);
    }

    private static List<String> strings(List<Object> values) {
        return values.stream().map(String::valueOf).toList();
    }

    /** Flushes inside, so that Hibernate has something to tell the cache. */
    private void failNested(EntityManager em, Runnable work) {
        assertThatThrownBy(() -> unitOfWork.with(Propagation.NESTED).run(() -> {
                    work.run();
                    em.flush();
                    throw new IllegalArgumentException("nested");
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("nested");
    }
}
