package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.OptimisticLockException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RetryTest extends AccountTests {

    final List<Duration> slept = new ArrayList<>();

    @BeforeEach
    void doNotReallyWait() {
        unitOfWork = UnitOfWork.builder(database.factory()).sleeper(slept::add).build();
    }

    @Test
    void repeatsAfterAStaleVersionWithAFreshEntityManager() {
        insert("a", 10);
        List<EntityManager> used = new ArrayList<>();
        List<RetryEvent> events = new ArrayList<>();

        int attempts = retrying(RetryPolicy.attempts(3).withListener(events::add))
                .call(em -> {
                    used.add(em);
                    Account account = em.find(Account.class, "a");
                    if (unitOfWork.current().attempt() < 3) {
                        database.execute(
                                "UPDATE account SET version = version + 1, balance = balance + 100 WHERE id = 'a'");
                    }
                    account.balance += 1;
                    return unitOfWork.current().attempt();
                });

        assertThat(attempts).isEqualTo(3);
        assertThat(balance("a")).isEqualTo(211L);
        assertThat(used).doesNotHaveDuplicates();
        assertThat(slept).hasSize(2);
        assertThat(slept.get(0)).isLessThanOrEqualTo(Duration.ofMillis(10));
        assertThat(events).extracting(RetryEvent::attempt).containsExactly(1, 2);
    }

    @ParameterizedTest
    @EnumSource(
            value = LockModeType.class,
            names = {"OPTIMISTIC", "OPTIMISTIC_FORCE_INCREMENT"})
    void repeatsAfterAStaleVersionThatHibernateFindsAtItsCommit(LockModeType lock) {
        insert("a", 10);

        int attempts = retrying(RetryPolicy.attempts(2)).call(em -> {
            em.lock(em.find(Account.class, "a"), lock);
            if (unitOfWork.current().attempt() < 2) {
                database.execute("UPDATE account SET version = version + 1 WHERE id = 'a'");
            }
            return unitOfWork.current().attempt();
        });

        assertThat(attempts).isEqualTo(2);
    }

    @Test
    void throwsTheLastFailureWithTheEarlierOnesWhenExhausted() {
        insert("a", 10);

        assertThatThrownBy(() -> retrying(RetryPolicy.attempts(3)).run(em -> {
                    Account account = em.find(Account.class, "a");
                    database.execute("UPDATE account SET version = version + 1 WHERE id = 'a'");
                    account.balance = 0;
                }))
                .isInstanceOf(OptimisticLockException.class)
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(2));

        assertThat(balance("a")).isEqualTo(10L);
    }

    @Test
    void doesNotRepeatWhatIsTheWorksOwnFailure() {
        List<Integer> attempts = new ArrayList<>();

        assertThatThrownBy(() -> retrying(RetryPolicy.attempts(5)).run(() -> {
                    attempts.add(unitOfWork.current().attempt());
                    throw new IllegalArgumentException("wrong");
                }))
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(attempts).containsExactly(1);
    }

    @Test
    void throwsAFailureThatHasNoSqlState() {
        SQLException closed = new SQLException("Connection is closed");

        assertThatThrownBy(() -> unitOfWork
                        .with(o -> o.withRetry(RetryPolicy.attempts(3)))
                        .run(em -> {
                            throw closed;
                        }))
                .isSameAs(closed)
                .hasNoSuppressedExceptions();
    }

    @Test
    void repeatsWhatThePolicyAdds() {
        RetryPolicy policy = RetryPolicy.attempts(2).withRetryOn(IllegalArgumentException.class::isInstance);

        int attempt = retrying(policy).call(() -> {
            if (unitOfWork.current().attempt() == 1) {
                throw new IllegalArgumentException("worth another try");
            }
            return unitOfWork.current().attempt();
        });

        assertThat(attempt).isEqualTo(2);
    }

    @Test
    void leavesItToTheOwnerInAJoinedScope() {
        insert("a", 10);
        List<Integer> attempts = new ArrayList<>();

        retrying(RetryPolicy.attempts(2))
                .run(() -> retrying(RetryPolicy.attempts(9)).run(em -> {
                    attempts.add(unitOfWork.current().attempt());
                    Account account = em.find(Account.class, "a");
                    if (attempts.size() == 1) {
                        database.execute("UPDATE account SET version = version + 1 WHERE id = 'a'");
                    }
                    account.balance = 5;
                    em.flush();
                }));

        assertThat(attempts).containsExactly(1, 2);
        assertThat(balance("a")).isEqualTo(5L);
    }

    @Test
    void repeatsANestedScopeFromItsSavepointUnderReadCommitted() {
        insert("a", 10);
        List<Integer> attempts = new ArrayList<>();

        unitOfWork.run(outer -> {
            outer.persist(new Account("outer", 1));
            unitOfWork
                    .with(o -> o.withPropagation(Propagation.NESTED).withRetry(RetryPolicy.attempts(2)))
                    .run(em -> {
                        attempts.add(unitOfWork.current().attempt());
                        Account account = em.find(Account.class, "a");
                        if (attempts.size() == 1) {
                            database.execute("UPDATE account SET version = version + 1, balance = 50 WHERE id = 'a'");
                        }
                        account.balance += 1;
                    });
        });

        assertThat(attempts).containsExactly(1, 2);
        assertThat(balance("a")).isEqualTo(51L);
        assertThat(balance("outer")).isEqualTo(1L);
    }

    @Test
    void doesNotRepeatANestedScopeUnderAStricterIsolation() {
        insert("a", 10);
        List<Integer> attempts = new ArrayList<>();

        assertThatThrownBy(() -> unitOfWork
                        .with(o -> o.withIsolation(IsolationLevel.REPEATABLE_READ))
                        .run(() -> unitOfWork
                                .with(o -> o.withPropagation(Propagation.NESTED).withRetry(RetryPolicy.attempts(5)))
                                .run(em -> {
                                    attempts.add(unitOfWork.current().attempt());
                                    Account account = em.find(Account.class, "a");
                                    database.execute("UPDATE account SET version = version + 1 WHERE id = 'a'");
                                    account.balance = 5;
                                })))
                .satisfies(e -> assertThat(TransientFailures.isTransient(e)).isTrue());

        assertThat(attempts).containsExactly(1);
    }

    @Test
    void leavesANestedFailureToTheOwnerUnderAStricterIsolation() {
        insert("a", 10);
        List<String> attempts = new ArrayList<>();
        UnitOfWork outer = unitOfWork.with(
                o -> o.withIsolation(IsolationLevel.REPEATABLE_READ).withRetry(RetryPolicy.attempts(3)));

        outer.run(() -> unitOfWork
                .with(o -> o.withPropagation(Propagation.NESTED).withRetry(RetryPolicy.attempts(5)))
                .run(em -> {
                    attempts.add("nested");
                    Account account = em.find(Account.class, "a");
                    if (attempts.size() == 1) {
                        database.execute("UPDATE account SET version = version + 1, balance = 50 WHERE id = 'a'");
                    }
                    account.balance += 1;
                }));

        assertThat(attempts).hasSize(2);
        assertThat(balance("a")).isEqualTo(51L);
    }

    @Test
    void neverRepeatsANestedScopeInADoomedTransaction() {
        List<String> attempts = new ArrayList<>();
        RetryPolicy always = RetryPolicy.attempts(5).withRetryOn(failure -> true);

        assertThatThrownBy(() -> unitOfWork.run(() -> {
                    assertThatThrownBy(() -> unitOfWork.run(() -> {
                                throw new IllegalStateException("joined");
                            }))
                            .isInstanceOf(IllegalStateException.class);
                    assertThatThrownBy(() -> retrying(always)
                                    .with(Propagation.NESTED)
                                    .run(() -> {
                                        attempts.add("nested");
                                        throw new IllegalArgumentException();
                                    }))
                            .isInstanceOf(IllegalArgumentException.class);
                }))
                .isInstanceOf(UnexpectedRollbackException.class);

        assertThat(attempts).containsExactly("nested");
    }

    @Test
    void doesNotSuppressAFailureIntoItself() {
        IllegalStateException same = new IllegalStateException("the same each time");

        assertThatThrownBy(() -> retrying(RetryPolicy.attempts(3).withRetryOn(failure -> true))
                        .run(() -> {
                            throw same;
                        }))
                .isSameAs(same)
                .hasNoSuppressedExceptions();
    }

    @Test
    void drawsDelaysEvenlyFromZeroToABoundThatDoubles() {
        RetryPolicy policy = RetryPolicy.attempts(9).withBackoff(Duration.ofMillis(10), Duration.ofMillis(35));
        RandomGenerator random = new Random(7);

        for (int attempt = 1; attempt <= 4; attempt++) {
            int failed = attempt;
            double bound = Math.min(35, 10 * Math.pow(2, attempt - 1));
            LongSummaryStatistics delays = LongStream.generate(
                            () -> policy.delayAfter(failed, random).toNanos())
                    .limit(10_000)
                    .summaryStatistics();
            assertThat(delays.getMax() / 1e6).isBetween(0.99 * bound, bound);
            assertThat(delays.getMin() / 1e6).isBetween(0.0, 0.01 * bound);
            assertThat(delays.getAverage() / 1e6).isBetween(0.48 * bound, 0.52 * bound);
        }
        assertThat(policy.delayAfter(Integer.MAX_VALUE, random)).isLessThanOrEqualTo(Duration.ofMillis(35));
    }

    @Test
    void repeatsSerializationFailuresThatAppearAtCommit() throws Exception {
        insert("a", 1);
        insert("b", 1);
        CountDownLatch bothHaveRead = new CountDownLatch(2);
        UnitOfWork serializable = UnitOfWork.of(database.factory())
                .with(o -> o.withIsolation(IsolationLevel.SERIALIZABLE).withRetry(RetryPolicy.attempts(10)));
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<Integer>> attempts = new ArrayList<>();
            for (String own : List.of("a", "b")) {
                attempts.add(threads.submit(() -> serializable.call(em -> {
                    long sum = em.createQuery("select sum(balance) from Account", Long.class)
                            .getSingleResult();
                    bothHaveRead.countDown();
                    bothHaveRead.await(10, TimeUnit.SECONDS);
                    em.find(Account.class, own).balance = sum;
                    return serializable.current().attempt();
                })));
            }
            assertThat(attempts.get(0).get() + attempts.get(1).get()).isGreaterThan(2);
        } finally {
            threads.shutdownNow();
        }
        assertThat(List.of(balance("a"), balance("b"))).isIn(List.of(2L, 3L), List.of(3L, 2L));
    }

    @Test
    void throwsTheWorksFailureWhenThePolicysOwnCodeThrows() {
        IllegalStateException failure = new IllegalStateException("the work's own");
        RetryPolicy policy = RetryPolicy.attempts(2).withRetryOn(thrown -> {
            throw new NullPointerException("a predicate's");
        });

        assertThatThrownBy(() -> retrying(policy).run(() -> {
                    throw failure;
                }))
                .isSameAs(failure)
                .hasSuppressedException(new NullPointerException("a predicate's"));
    }

    @Test
    void throwsTheWorksFailureWhenANestedScopeCannotBeRepeatedOnALostConnection() {
        IllegalStateException failure = new IllegalStateException("the work's own");
        RetryPolicy policy = RetryPolicy.attempts(2).withRetryOn(thrown -> true);

        assertThatThrownBy(() -> unitOfWork.run(em -> {
                    em.persist(new Account("a", 1));
                    retrying(policy).with(Propagation.NESTED).run(() -> {
                        Object pid =
                                em.createNativeQuery("SELECT pg_backend_pid()").getSingleResult();
                        await().until(() -> database.select("SELECT pg_terminate_backend(" + pid + ") IS NULL"
                                        + " FROM pg_stat_activity WHERE pid = " + pid)
                                .isEmpty());
                        throw failure;
                    });
                }))
                .isSameAs(failure);
    }

    @Test
    void doesNotSleepPastTheDeadline() {
        List<Integer> attempts = new ArrayList<>();
        RetryPolicy policy = RetryPolicy.attempts(1000)
                .withBackoff(Duration.ofMinutes(5), Duration.ofMinutes(5))
                .withRetryOn(failure -> true);

        assertThatThrownBy(() -> retrying(policy)
                        .with(o -> o.withRetry(policy).withTimeout(Duration.ofMillis(1)))
                        .run(() -> {
                            attempts.add(1);
                            throw new IllegalStateException();
                        }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(attempts).hasSize(1);
    }

    @Test
    void losesNoUpdateWhenManyThreadsChangeOneRow() throws Exception {
        insert("a", 0);
        int threads = 8;
        int changes = 25;
        UnitOfWork real = UnitOfWork.of(database.factory())
                .with(o -> o.withRetry(
                        RetryPolicy.attempts(200).withBackoff(Duration.ofMillis(1), Duration.ofMillis(20))));
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(pool.submit(() -> {
                    for (int j = 0; j < changes; j++) {
                        real.run(em -> {
                            em.find(Account.class, "a").balance += 1;
                        });
                    }
                }));
            }
            for (Future<?> each : running) {
                each.get(60, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(balance("a")).isEqualTo((long) threads * changes);
    }

    private UnitOfWork retrying(RetryPolicy policy) {
        return unitOfWork.with(o -> o.withRetry(policy));
    }
}
