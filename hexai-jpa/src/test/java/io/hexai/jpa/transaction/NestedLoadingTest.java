package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.testing.TestFactory;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.hibernate.Hibernate;
import org.hibernate.annotations.BatchSize;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What was loaded in a failed nested scope, and what is to be loaded after it. */
class NestedLoadingTest {

    @Entity(name = "Band")
    @BatchSize(size = 10)
    static class Band {
        @Id
        long id;

        @Version
        int version;

        @OneToMany(mappedBy = "band", cascade = CascadeType.ALL, orphanRemoval = true)
        @BatchSize(size = 10)
        List<Song> songs = new ArrayList<>();

        protected Band() {}

        Band(long id) {
            this.id = id;
        }
    }

    @Entity(name = "Song")
    static class Song {
        @Id
        long id;

        @Version
        int version;

        @ManyToOne(fetch = FetchType.LAZY)
        Band band;

        protected Song() {}

        Song(long id, Band band) {
            this.id = id;
            this.band = band;
            band.songs.add(this);
        }
    }

    private static final int BANDS = 5;

    static TestFactory database;

    Statistics statistics;
    UnitOfWork unitOfWork;

    @BeforeAll
    static void start() {
        database = TestFactory.of(Map.of(AvailableSettings.GENERATE_STATISTICS, true), Band.class, Song.class);
        UnitOfWork.of(database.factory()).run(em -> {
            for (int i = 1; i <= BANDS; i++) {
                Band band = new Band(i);
                em.persist(band);
                em.persist(new Song(i, band));
            }
        });
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void begin() {
        statistics = database.factory().getStatistics();
        unitOfWork = UnitOfWork.of(database.factory());
    }

    @AfterEach
    void everythingIsGivenBack() {
        assertThat(unitOfWork.isActive()).isFalse();
        assertThat(database.borrowedConnections()).isZero();
    }

    /** Hibernate cannot refresh along the cascade to an entity that is about to be removed, and drops what it had begun. */
    @Test
    void bringsBackWhatARefreshThatDiedHasLeftHalfLoaded() {
        unitOfWork.run(em -> {
            Band[] band = new Band[1];
            failNested(() -> {
                Song song = em.find(Song.class, 1L);
                band[0] = (Band) Hibernate.unproxy(song.band);
                band[0].songs.remove(song);
                em.remove(song);
                assertThatThrownBy(() -> em.refresh(band[0])).hasMessageContaining("not in a valid state");
            });

            assertThat(em.contains(band[0])).isTrue();
            assertThat(em.find(Song.class, 1L).band).isSameAs(band[0]);
            statistics.clear();
            em.flush();
            assertThat(statistics.getPrepareStatementCount()).isZero();
            assertThat(band[0].songs).containsExactly(em.find(Song.class, 1L));
        });
    }

    /** A collection that a merge has replaced keeps its number, and Hibernate counts anew after it was cleared. */
    @Test
    void bringsBackCollectionsWhosePlacesOthersHaveTaken() {
        unitOfWork.run(em -> {
            unitOfWork.current().preventCommit();
            em.find(Band.class, 1L);
            em.find(Band.class, 2L);
            Band band = new Band(BANDS + 1);
            em.persist(band);
            failNested(() -> {
                em.merge(band);
                em.clear();
                em.find(Band.class, 1L);
            });

            assertThat(em.contains(band)).isTrue();
            band.songs.add(new Song(BANDS + 1, band));
            em.flush();
            assertThat(em.find(Song.class, BANDS + 1L)).isSameAs(band.songs.get(0));
        });
    }

    @Nested
    class Batches {

        @Test
        void ofReferencesAreAsLargeAsBefore() {
            unitOfWork.run(em -> {
                List<Band> references = new ArrayList<>();
                for (long id = 1; id <= BANDS; id++) {
                    references.add(em.getReference(Band.class, id));
                }
                failNested(() -> Hibernate.initialize(em.find(Song.class, 1L)));
                statistics.clear();

                references.forEach(Hibernate::initialize);

                assertThat(statistics.getPrepareStatementCount()).isEqualTo(1);
            });
        }

        @Test
        void ofCollectionsAreAsLargeAsBefore() {
            unitOfWork.run(em -> {
                List<Band> bands = bands(em);
                failNested(() -> Hibernate.initialize(bands.get(0).songs));
                statistics.clear();

                bands.forEach(band -> Hibernate.initialize(band.songs));

                assertThat(statistics.getPrepareStatementCount()).isEqualTo(1);
            });
        }

        @Test
        void ofCollectionsHoldThoseThatTheScopeChanged() {
            unitOfWork.run(em -> {
                List<Band> bands = bands(em);
                failNested(() -> {
                    bands.get(1).songs.clear();
                    bands.get(2).songs.add(new Song(100, bands.get(2)));
                    em.flush();
                });
                statistics.clear();

                assertThat(bands).allSatisfy(band -> assertThat(band.songs).hasSize(1));

                assertThat(statistics.getPrepareStatementCount()).isEqualTo(1);
            });
        }

        @Test
        void holdNoneThatTheScopeReferredTo() {
            unitOfWork.run(em -> {
                failNested(() -> {
                    for (long id = 2; id <= BANDS; id++) {
                        em.getReference(Band.class, id);
                    }
                });
                Band reference = em.getReference(Band.class, 1L);
                statistics.clear();

                Hibernate.initialize(reference);

                assertThat(statistics.getEntityLoadCount()).isEqualTo(1);
            });
        }

        private List<Band> bands(EntityManager em) {
            return em.createQuery("from Band b order by b.id", Band.class).getResultList();
        }
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
