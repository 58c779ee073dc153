package io.hexai.jpa.test;

import io.hexai.jpa.transaction.UnitOfWork;
import java.time.Duration;

/**
 * Two transactions on two threads that a test interleaves step by step. A test takes it as a parameter:
 *
 * <pre>{@code
 * sessions.first().run(em -> em.find(Note.class, 1L, LockModeType.PESSIMISTIC_WRITE));
 * SessionStep<Note> waiting = sessions.second().start(em -> em.find(Note.class, 1L, LockModeType.PESSIMISTIC_WRITE));
 * assertTrue(waiting.isWaiting());
 * sessions.first().commit();
 * waiting.await();
 * }</pre>
 *
 * <p>Each session begins a transaction with its first step. It needs real connections, and so no {@link TestIsolation#ROLLBACK}.
 *
 * <p>Confined to the test's thread. Closing it rolls back what is open; an injected one is closed with the test.
 */
public final class TwoSessions implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final TestSession first;
    private final TestSession second;

    private TwoSessions(TestSession first, TestSession second) {
        this.first = first;
        this.second = second;
    }

    /**
     * Makes two sessions of one unit of work. No step may take longer than 10 seconds.
     *
     * @param unitOfWork with whose options both begin their transactions
     * @return the sessions, to be closed by the caller
     */
    public static TwoSessions of(UnitOfWork unitOfWork) {
        return of(unitOfWork, unitOfWork);
    }

    /**
     * Makes two sessions of two units of work, or of two views of one, such as one for each isolation level. No step may take
     * longer than 10 seconds.
     *
     * @param first with whose options the first session begins its transactions
     * @param second with whose options the second does
     * @return the sessions, to be closed by the caller
     */
    public static TwoSessions of(UnitOfWork first, UnitOfWork second) {
        return of(first, second, PATIENCE);
    }

    static TwoSessions of(UnitOfWork first, UnitOfWork second, Duration patience) {
        return new TwoSessions(new TestSession("first", first, patience), new TestSession("second", second, patience));
    }

    /**
     * Returns one session.
     *
     * @return the first
     */
    public TestSession first() {
        return first;
    }

    /**
     * Returns the other session.
     *
     * @return the second
     */
    public TestSession second() {
        return second;
    }

    /** Rolls back what is open and ends both threads; one that waits for the other is freed by the other's rollback. */
    @Override
    public void close() {
        first.beginClosing();
        second.beginClosing();
        try {
            first.finishClosing();
        } finally {
            second.finishClosing();
        }
    }
}
