package io.hexai.jpa.transaction;

import org.hibernate.engine.internal.TransactionCompletionCallbacksImpl;
import org.hibernate.engine.spi.ActionQueue;
import org.hibernate.engine.spi.TransactionCompletionCallbacks.AfterCompletionCallback;
import org.hibernate.engine.spi.TransactionCompletionCallbacks.BeforeCompletionCallback;
import org.hibernate.engine.spi.TransactionCompletionCallbacksImplementor;
import org.hibernate.event.spi.EventSource;

/**
 * Keeps apart what Hibernate means to do at the end of the transaction for work inside a nested scope: second-level cache
 * writes, post-commit listeners, version checks. Clearing the action queue alone would leave them to the outer COMMIT.
 */
final class CompletionCallbacks {

    private final ActionQueue queue;
    private final TransactionCompletionCallbacksImplementor outer;
    private final TransactionCompletionCallbacksImplementor inner;

    private CompletionCallbacks(EventSource session) {
        this.queue = session.getActionQueue();
        this.outer = queue.getTransactionCompletionCallbacks();
        this.inner = new OfNestedScope(session, outer);
        queue.setTransactionCompletionCallbacks(inner, false);
    }

    static CompletionCallbacks openIn(EventSource session) {
        return new CompletionCallbacks(session);
    }

    /** Binds them to the outcome of what is around. */
    void passToOuter() {
        queue.setTransactionCompletionCallbacks(outer, false);
        if (inner.hasBeforeCompletionCallbacks()) {
            outer.registerCallback((BeforeCompletionCallback) session -> inner.beforeTransactionCompletion());
        }
        if (inner.hasAfterCompletionCallbacks()) {
            outer.registerCallback(
                    (AfterCompletionCallback) (success, session) -> inner.afterTransactionCompletion(success));
        }
    }

    /** Tells them that the work was rolled back. */
    void rollBack() {
        queue.setTransactionCompletionCallbacks(outer, false);
        inner.afterTransactionCompletion(false);
    }

    /**
     * A flush forbids caching the results of queries on the tables that it changes until its transaction ends. The end of a
     * nested scope must not allow it, since the work around may have changed the same tables.
     */
    private static final class OfNestedScope extends TransactionCompletionCallbacksImpl {

        private final TransactionCompletionCallbacksImplementor outer;

        private OfNestedScope(EventSource session, TransactionCompletionCallbacksImplementor outer) {
            super(session);
            this.outer = outer;
        }

        @Override
        public void addSpaceToInvalidate(String space) {
            outer.addSpaceToInvalidate(space);
        }
    }
}
