package io.hexai.jpa.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.event.Basket.ItemPut;
import io.hexai.jpa.event.Parcel.Sent;
import io.hexai.jpa.transaction.CommitPhase;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManager;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class AggregateTest {

    private static EventDatabase database;

    private UnitOfWork unitOfWork;
    private EventStore store;
    private final List<List<StoredEvent>> rounds = new ArrayList<>();

    @BeforeAll
    static void open() {
        database = EventDatabase.create(Basket.class, Parcel.class);
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @BeforeEach
    void empty() {
        database.reset();
        database.execute("TRUNCATE Basket, Parcel");
        unitOfWork = UnitOfWork.of(database.factory());
        store = builder().drainAggregates(rounds::add).build();
    }

    private EventStoreBuilder builder() {
        return EventStore.builder(unitOfWork).types(EventTypes.of(ItemPut.class, Sent.class));
    }

    private List<Object> stored() {
        return store.fetch(0, 100).events().stream().map(StoredEvent::payload).toList();
    }

    private static Basket basket(EntityManager entityManager, String id) {
        return entityManager.find(Basket.class, id);
    }

    private void persistBaskets(String... ids) {
        unitOfWork.run(entityManager -> {
            for (String id : ids) {
                entityManager.persist(new Basket(id));
            }
        });
    }

    @Nested
    class Committing {

        @Test
        void storesEventsInTheOrderRaisedAcrossAggregates() {
            unitOfWork.run(entityManager -> {
                Basket a = new Basket("a");
                Basket b = new Basket("b");
                Parcel parcel = new Parcel("p");
                entityManager.persist(b);
                entityManager.persist(parcel);
                entityManager.persist(a);
                parcel.send();
                a.put(1);
                b.put(2);
                a.put(3);
                assertThat(stored()).isEmpty();
            });

            assertThat(stored())
                    .containsExactly(new ItemPut("a", 1), new ItemPut("b", 2), new ItemPut("a", 3), new Sent("p"));
            assertThat(rounds).hasSize(1);
        }

        @Test
        void storesEventsOfAnEntityThatIsOtherwiseUnchanged() {
            persistBaskets("a");

            unitOfWork.run(entityManager -> basket(entityManager, "a").raise(new ItemPut("a", 1)));

            assertThat(stored()).containsExactly(new ItemPut("a", 1));
            assertThat(database.select("SELECT version FROM Basket")).containsExactly(0);
        }

        @Test
        void storesEventsOnce() {
            AtomicReference<Basket> kept = new AtomicReference<>();
            unitOfWork.run(entityManager -> {
                Basket basket = new Basket("a");
                kept.set(basket);
                entityManager.persist(basket);
                basket.put(1);
            });
            unitOfWork.run(entityManager -> entityManager.merge(kept.get()));

            assertThat(stored()).containsExactly(new ItemPut("a", 1));
            assertThat(kept.get().raisedEvents()).isEmpty();
        }

        @Test
        void storesEventsOfARemovedEntityAlsoAfterAFlush() {
            persistBaskets("a", "b");

            unitOfWork.run(entityManager -> {
                Basket a = basket(entityManager, "a");
                a.put(1);
                entityManager.remove(a);
                entityManager.flush();
                Basket b = basket(entityManager, "b");
                b.put(2);
                entityManager.remove(b);
            });

            assertThat(stored()).containsExactly(new ItemPut("a", 1), new ItemPut("b", 2));
            assertThat(database.select("SELECT id FROM Basket")).isEmpty();
        }

        @Test
        void storesEventsOfMergedAndDetachedObjects() {
            persistBaskets("a", "b");
            Basket detached = unitOfWork.call(entityManager -> basket(entityManager, "a"));
            detached.put(1);

            unitOfWork.run(entityManager -> {
                entityManager.merge(detached);
                Basket b = basket(entityManager, "b");
                b.put(2);
                entityManager.detach(b);
            });

            assertThat(stored()).containsExactly(new ItemPut("a", 1), new ItemPut("b", 2));
        }

        @Test
        void storesWhatHooksRaise() {
            persistBaskets("a");

            unitOfWork.run(entityManager -> {
                Basket basket = basket(entityManager, "a");
                unitOfWork.current().beforeCommit(() -> basket.put(1));
                unitOfWork.current().beforeCommit(CommitPhase.DRAIN, () -> basket.put(2));
            });

            assertThat(stored()).containsExactly(new ItemPut("a", 1), new ItemPut("a", 2));
        }

        @Test
        void storesInFurtherRoundsWhatObserversRaise() {
            UnitOfWork own = UnitOfWork.of(database.factory());
            List<List<Long>> seen = new ArrayList<>();
            EventStore reacting = EventStore.builder(own)
                    .types(EventTypes.of(ItemPut.class))
                    .drainAggregates(events -> {
                        seen.add(events.stream().map(StoredEvent::position).toList());
                        if (seen.size() < 3) {
                            basket(own.entityManager(), "a").put(seen.size());
                        }
                    })
                    .build();
            persistBaskets("a");

            own.run(entityManager -> basket(entityManager, "a").put(0));

            assertThat(seen).containsExactly(List.of(1L), List.of(2L), List.of(3L));
            assertThat(reacting.count(0)).isEqualTo(3);
        }

        @Test
        void rollsBackIfAnObserverFails() {
            UnitOfWork own = UnitOfWork.of(database.factory());
            EventStore.builder(own)
                    .types(EventTypes.of(ItemPut.class))
                    .drainAggregates(events -> {
                        throw new IllegalArgumentException("refused");
                    })
                    .build();

            assertThatThrownBy(() -> own.run(entityManager -> {
                        Basket basket = new Basket("a");
                        entityManager.persist(basket);
                        basket.put(1);
                    }))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(stored()).isEmpty();
            assertThat(database.select("SELECT id FROM Basket")).isEmpty();
        }

        @Test
        void namesTheHandledMessageAsTheCause() {
            EventMessage handled = EventMessage.of(new Sent("p"));

            CurrentMessage.run(
                    handled,
                    () -> unitOfWork.run(entityManager -> {
                        Basket basket = new Basket("a");
                        entityManager.persist(basket);
                        basket.put(1);
                    }));

            assertThat(store.fetch(0, 1).events().get(0).message().causation()).isEqualTo(handled.asTrace());
        }
    }

    @Nested
    class RollingBack {

        @Test
        void storesNothing() {
            unitOfWork.run(entityManager -> {
                Basket basket = new Basket("a");
                entityManager.persist(basket);
                basket.put(1);
                unitOfWork.current().preventCommit();
            });

            assertThat(stored()).isEmpty();
            assertThat(rounds).isEmpty();
        }

        @Test
        void ofANestedScopeDropsWhatWasRaisedInside() {
            persistBaskets("a", "gone", "late");

            unitOfWork.run(entityManager -> {
                Basket a = basket(entityManager, "a");
                Basket gone = basket(entityManager, "gone");
                a.put(1);
                gone.put(2);
                unitOfWork.with(Propagation.NESTED).run(() -> {
                    a.put(-1);
                    gone.put(-2);
                    entityManager.remove(gone);
                    basket(entityManager, "late").put(-3);
                    unitOfWork.with(Propagation.NESTED).run(() -> a.put(-4));
                    entityManager.flush();
                    unitOfWork.current().preventCommit();
                });
                a.put(3);
            });

            assertThat(stored()).containsExactly(new ItemPut("a", 1), new ItemPut("gone", 2), new ItemPut("a", 3));
            assertThat(database.select("SELECT items FROM Basket WHERE id = 'a'"))
                    .containsExactly(2);
        }

        @Test
        void ofAnInnerNestedScopeKeepsWhatTheOuterRaised() {
            persistBaskets("a");

            unitOfWork.run(entityManager -> {
                Basket a = basket(entityManager, "a");
                unitOfWork.with(Propagation.NESTED).run(() -> {
                    a.put(1);
                    unitOfWork.with(Propagation.NESTED).run(() -> {
                        a.put(-1);
                        unitOfWork.current().preventCommit();
                    });
                    a.put(2);
                });
            });

            assertThat(stored()).containsExactly(new ItemPut("a", 1), new ItemPut("a", 2));
        }
    }

    @Nested
    class WithoutADrainingStore {

        @Test
        void failsTheCommitRatherThanLoseEvents() {
            UnitOfWork bare = UnitOfWork.of(database.factory());

            assertThatThrownBy(() -> bare.run(entityManager -> {
                        Basket basket = new Basket("a");
                        entityManager.persist(basket);
                        basket.put(1);
                    }))
                    .isInstanceOfSatisfying(UndrainedEventsException.class, e -> {
                        assertThat(e.entityClass()).isEqualTo(Basket.class);
                        assertThat(e.count()).isEqualTo(1);
                    })
                    .hasMessageContaining("drainAggregates()");
            assertThat(database.select("SELECT id FROM Basket")).isEmpty();
        }

        @Test
        void failsAlsoIfTheStoreDoesNotDrain() {
            UnitOfWork own = UnitOfWork.of(database.factory());
            EventStore.builder(own).types(EventTypes.of(ItemPut.class)).build();
            persistBaskets("a");

            assertThatThrownBy(() ->
                            own.run(entityManager -> basket(entityManager, "a").put(1)))
                    .isInstanceOf(UndrainedEventsException.class);
        }

        @Test
        void failsForOtherImplementers() {
            UnitOfWork bare = UnitOfWork.of(database.factory());

            assertThatThrownBy(() -> bare.run(entityManager -> {
                        Parcel parcel = new Parcel("p");
                        entityManager.persist(parcel);
                        parcel.send();
                    }))
                    .isInstanceOf(UndrainedEventsException.class);
        }

        @Test
        void commitsWhatRaisesNothing() {
            UnitOfWork bare = UnitOfWork.of(database.factory());

            assertThatCode(() -> bare.run(entityManager -> {
                        entityManager.persist(new Basket("a"));
                        entityManager.persist(new Parcel("p"));
                    }))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void refusesASecondDrainingStore() {
        builder().drainAggregates().build();

        assertThatThrownBy(() -> unitOfWork.run(entityManager -> entityManager.persist(new Basket("a"))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("drainAggregates()");
    }

    @Test
    void failsTheCommitIfEventsAreRaisedAfterTheStoreHasDrained() {
        unitOfWork.beforeEveryCommit(
                CommitPhase.DRAIN,
                transaction -> basket(transaction.entityManager(), "a").put(1));
        assertThatThrownBy(() -> unitOfWork.run(entityManager -> entityManager.persist(new Basket("a"))))
                .isInstanceOf(UndrainedEventsException.class);
    }

    @Test
    void showsRaisedEventsWithoutForgettingThem() {
        Basket basket = new Basket("a");
        basket.put(1);

        List<Object> raised = basket.raisedEvents();

        assertThat(raised).containsExactly(new ItemPut("a", 1));
        assertThat(basket.drainEvents()).isEqualTo(raised);
        assertThat(basket.drainEvents()).isEmpty();
    }
}
