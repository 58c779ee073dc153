package io.hexai.jpa.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.RetryPolicy;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.LockModeType;
import jakarta.persistence.LockTimeoutException;
import jakarta.persistence.OptimisticLockException;
import jakarta.persistence.PessimisticLockException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.hibernate.query.Order;
import org.hibernate.query.Page;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ForUpdateTest extends TicketTests {

    private static final Seat.Number SEAT = new Seat.Number("a", 1);

    @Nested
    class Rows {

        @Test
        void areLockedByEveryWayOfFetching() {
            insert("a");
            List<Runnable> fetches = List.of(
                    () -> tickets.forUpdate().get("a"),
                    () -> tickets.forUpdate().findAll(List.of("a")),
                    () -> tickets.forUpdate().findOne(),
                    () -> tickets.forUpdate().list(),
                    () -> tickets.forUpdate().list(Page.first(1), Order.asc(Ticket.class, "id")),
                    () -> tickets.forUpdate().list(Page.first(1).keyedBy(Order.asc(Ticket.class, "id"))));

            assertThat(fetches)
                    .allSatisfy(fetch -> unitOfWork.run(() -> {
                        fetch.run();
                        assertThat(isLocked("a")).isTrue();
                    }));
        }

        @Test
        void areLockedAlsoIfTheyWereFetchedBefore() {
            insert("a", "b");
            unitOfWork.run(() -> {
                tickets.list();
                tickets.forUpdate().get("a");
                assertThat(isLocked("a")).isTrue();
                assertThat(isLocked("b")).isFalse();
                tickets.forUpdate().list();
                assertThat(isLocked("b")).isTrue();
            });
        }

        @Test
        void thatAreLockedFailAtOnceWithoutWaiting() {
            insert("a", "b");
            whileLocked("a", () -> {
                assertThatThrownBy(() -> unitOfWork
                                .with(Propagation.NESTED)
                                .run(() -> tickets.forUpdate(LockWait.NO_WAIT).get("a")))
                        .isInstanceOfAny(LockTimeoutException.class, PessimisticLockException.class);
                assertThatThrownBy(() -> unitOfWork
                                .with(Propagation.NESTED)
                                .run(() -> tickets.forUpdate(LockWait.NO_WAIT).list()))
                        .isInstanceOfAny(LockTimeoutException.class, PessimisticLockException.class);
                assertThat(tickets.forUpdate(LockWait.NO_WAIT).find("b")).isPresent();
            });
        }

        @Test
        void thatAreLockedAreSkipped() {
            insert("a", "b");
            whileLocked("a", () -> {
                EntityReader<Ticket, String> free = tickets.forUpdate(LockWait.SKIP_LOCKED);
                assertThat(free.find("a")).isEmpty();
                assertThat(free.list()).extracting(ticket -> ticket.id).containsExactly("b");
                assertThat(free.findAll(List.of("a", "b")))
                        .extracting(ticket -> ticket.id)
                        .containsExactly("b");
            });
        }

        @Test
        void thatAreLockedAreSkippedAlsoIfTheyWereFetchedBefore() {
            insert("a", "b");
            whileLocked("a", () -> {
                tickets.list();
                EntityReader<Ticket, String> free = tickets.forUpdate(LockWait.SKIP_LOCKED);
                assertThat(free.find("a")).isEmpty();
                assertThat(free.list()).extracting(ticket -> ticket.id).containsExactly("b");
                assertThat(free.find("b")).isPresent();
            });
        }

        private void whileLocked(String id, Runnable work) {
            unitOfWork.run(() -> {
                tickets.forUpdate().get(id);
                unitOfWork.with(Propagation.NEW).run(work::run);
            });
        }
    }

    @Nested
    class AnEntityFetchedBefore {

        @Test
        void isRefusedIfItsRowHasANewerVersion() {
            insert("a");
            unitOfWork.run(() -> {
                tickets.get("a");
                changeElsewhere();
                assertThatThrownBy(() -> unitOfWork
                                .with(Propagation.NESTED)
                                .run(() -> tickets.forUpdate().get("a")))
                        .isInstanceOf(OptimisticLockException.class);
                assertThatThrownBy(() -> unitOfWork
                                .with(Propagation.NESTED)
                                .run(() -> tickets.forUpdate().list()))
                        .isInstanceOf(OptimisticLockException.class);
                assertThatThrownBy(() -> unitOfWork
                                .with(Propagation.NESTED)
                                .run(() -> tickets.forUpdate().findAll(List.of("a"))))
                        .isInstanceOf(OptimisticLockException.class);
            });
        }

        @Test
        void isRefusedInOptimisticModeTooAndRetried() {
            insert("a");
            AtomicInteger attempts = new AtomicInteger();
            unitOfWork.with(TransactionOptions.optimistic()).run(() -> {
                tickets.get("a").status = "mine";
                if (attempts.incrementAndGet() == 1) {
                    changeElsewhere();
                }
                tickets.forUpdate().get("a").priority += 10;
            });
            assertThat(attempts).hasValue(2);
            assertThat(value("status || priority", "a")).isEqualTo("mine11");
        }

        @Test
        void loadedWithoutAnyLockModeIsComparedToo() {
            insert("a");
            unitOfWork.run(em -> {
                Ticket reference = em.getReference(Ticket.class, "a");
                assertThat(reference.getClass()).isNotEqualTo(Ticket.class);
                em.refresh(tickets.get("a"), LockModeType.NONE);
                changeElsewhere();
                assertThatThrownBy(() -> unitOfWork
                                .with(Propagation.NESTED)
                                .run(() -> tickets.forUpdate().get("a")))
                        .isInstanceOf(OptimisticLockException.class);
            });
        }

        @Test
        void isReadAnewIfItHasNoVersion() {
            unitOfWork.run(() -> seats.add(new Seat(SEAT)));
            unitOfWork.run(() -> {
                Seat seat = seats.get(SEAT);
                database.execute("UPDATE seat SET guest = 'Ann'");

                assertThat(seats.forUpdate().get(SEAT)).isSameAs(seat);
                assertThat(seat.guest).isEqualTo("Ann");
            });
        }

        @Test
        void isRefusedIfItHasNoVersionAndWasChanged() {
            unitOfWork.run(() -> seats.add(new Seat(SEAT)));
            assertThatThrownBy(() -> unitOfWork.run(() -> {
                        seats.get(SEAT).guest = "Bob";
                        seats.forUpdate().get(SEAT);
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Seat");
        }

        @Test
        void needsNoSecondLock() {
            insert("a");
            unitOfWork.run(() -> {
                tickets.forUpdate().get("a").status = "changed";
                STATEMENTS.clear();
                tickets.forUpdate().get("a");
                assertThat(STATEMENTS).isEmpty();
            });
        }

        private void changeElsewhere() {
            database.execute("UPDATE ticket SET priority = priority + 1, version = version + 1");
        }
    }

    @Test
    void losesNoUpdate() throws InterruptedException {
        insert("a");
        Thread[] threads = new Thread[4];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Thread(() -> {
                for (int j = 0; j < 10; j++) {
                    unitOfWork
                            .with(o -> o.withRetry(RetryPolicy.none()))
                            .run(() -> tickets.forUpdate().get("a").priority += 1);
                }
            });
            threads[i].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(value("priority", "a")).isEqualTo(40);
    }

    private static boolean isLocked(String id) {
        return UnitOfWork.of(database.factory())
                .call(em -> em.createNativeQuery("SELECT id FROM ticket WHERE id = '" + id + "' FOR UPDATE SKIP LOCKED")
                        .getResultList()
                        .isEmpty());
    }
}
