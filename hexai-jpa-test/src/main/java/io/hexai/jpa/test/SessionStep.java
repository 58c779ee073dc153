package io.hexai.jpa.test;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A step that a {@link TestSession} has started. Confined to the test's thread.
 *
 * @param <R> its result
 */
public final class SessionStep<R extends @Nullable Object> {

    private static final long LOOK_AGAIN_MILLIS = 5;

    private final String session;
    private final Future<R> future;
    private final Duration patience;

    SessionStep(String session, Future<R> future, Duration patience) {
        this.session = session;
        this.future = future;
        this.patience = patience;
    }

    /**
     * Tells whether the step has not ended. One that was just started then waits for a lock.
     *
     * @return false once it has returned or failed
     */
    public boolean isWaiting() {
        return !future.isDone();
    }

    /**
     * Waits for the step to end.
     *
     * @param <X> what the step may throw
     * @return what the step returned
     * @throws X what the step threw
     * @throws IllegalStateException if it does not end in time
     */
    public <X extends Throwable> R await() throws X {
        try {
            return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw SessionStep.<X>asThrown(e);
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "The " + session + " session's step has not ended after " + patience.toMillis()
                            + " ms. If it waits for the other session, begin it with start(…), let the other go on, and await it"
                            + " then.",
                    e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"
    }) // What the step declares, the compiler has forgotten
    private static <X extends Throwable> X asThrown(ExecutionException e) {
        return (X) Objects.requireNonNull(e.getCause());
    }

    /** An end by an exception is one too, which {@link #await()} reports. */
    void awaitEndOrWait(LockWaits waits) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!hasEndedSoon() && !waits.hasNew()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("The " + session + " session's step has not ended after "
                        + patience.toMillis() + " ms, and waits for no lock in the database");
            }
        }
    }

    private boolean hasEndedSoon() {
        try {
            future.get(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException e) {
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("Interrupted while waiting for the " + session + " session", e);
    }
}
