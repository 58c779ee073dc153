package io.hexai.jpa.event;

import io.hexai.jpa.transaction.PlainAction;
import io.hexai.jpa.transaction.PlainWork;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The message that is being handled on a thread. Events stored meanwhile, by whichever store, name it as their
 * {@link EventMessage#causation() causation} and share its {@link EventMessage#correlation() correlation}, unless they bring
 * their own. Wrap the whole unit of work, so that what it drains at its commit is included. Thread-safe.
 */
public final class CurrentMessage {

    private static final ThreadLocal<@Nullable EventMessage> HANDLED = new ThreadLocal<>();

    private CurrentMessage() {}

    /**
     * Runs work that handles a message.
     *
     * @param message the message; an inner call replaces it for its duration
     * @param work handles it
     * @param <R> the result
     * @param <X> what the work may throw
     * @return what the work returned
     * @throws X what the work threw
     */
    public static <R extends @Nullable Object, X extends Throwable> R call(EventMessage message, PlainWork<R, X> work)
            throws X {
        EventMessage outer = HANDLED.get();
        HANDLED.set(message);
        try {
            return work.call();
        } finally {
            if (outer == null) {
                HANDLED.remove();
            } else {
                HANDLED.set(outer);
            }
        }
    }

    /**
     * Runs work that handles a message and returns nothing.
     *
     * @param message the message; an inner call replaces it for its duration
     * @param action handles it
     * @param <X> what the work may throw
     * @throws X what the work threw
     */
    public static <X extends Throwable> void run(EventMessage message, PlainAction<X> action) throws X {
        CurrentMessage.<@Nullable Object, X>call(message, () -> {
            action.run();
            return null;
        });
    }

    /**
     * Returns the message that is being handled on this thread.
     *
     * @return the message, or empty if none is
     */
    public static Optional<EventMessage> get() {
        return Optional.ofNullable(HANDLED.get());
    }
}
