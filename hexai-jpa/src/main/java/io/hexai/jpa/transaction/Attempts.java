package io.hexai.jpa.transaction;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts the attempts of one call, and decides whether a failure is worth another. */
final class Attempts {

    private static final Logger LOG = LoggerFactory.getLogger(UnitOfWork.class);

    private final ScopeManager manager;
    private final TransactionOptions options;
    private final RetryPolicy policy;
    private final @Nullable Deadline deadline;
    private List<Throwable> earlier = List.of();
    private int number = 1;

    Attempts(ScopeManager manager, TransactionOptions options) {
        this.manager = manager;
        this.options = options;
        this.policy = options.retryOrNone();
        this.deadline = Deadline.in(options.timeout(), manager.settings().clock());
    }

    int number() {
        return number;
    }

    @Nullable
    Deadline deadline() {
        return deadline;
    }

    /** Waits and returns true if the work is to be done again; else makes the failure tell of the earlier ones. */
    boolean mayRepeatAfter(Throwable failure) {
        if (number < policy.maxAttempts() && isWorthAnother(failure)) {
            remember(failure);
            number++;
            return true;
        }
        for (Throwable before : earlier) {
            Failures.suppress(failure, before);
        }
        return false;
    }

    private void remember(Throwable failure) {
        if (earlier.isEmpty()) {
            earlier = new ArrayList<>();
        }
        earlier.add(failure);
    }

    /** Whatever goes wrong in the policy's own code must not take the place of the failure. */
    private boolean isWorthAnother(Throwable failure) {
        try {
            return policy.isWorthRetrying(failure) && ownsWhatFailed() && waitForNextAfter(failure);
        } catch (Throwable e) {
            Failures.suppress(failure, e);
            return false;
        }
    }

    /** A joined scope leaves it to the owner; a nested one can help only where its statements see newer rows. */
    private boolean ownsWhatFailed() {
        Scope around = manager.current();
        return around == null
                || switch (options.propagation()) {
                    case NEW -> true;
                    case EXISTING -> false;
                    case NESTED ->
                        !around.boundary().isBoundToFail() && around.root().canRepeatNested();
                };
    }

    private boolean waitForNextAfter(Throwable failure) {
        Duration delay = policy.delayAfter(number, ThreadLocalRandom.current());
        if (deadline != null && deadline.left().compareTo(delay) <= 0) {
            return false;
        }
        tell(new RetryEvent(number, failure, delay));
        try {
            manager.settings().sleeper().sleep(delay);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void tell(RetryEvent event) {
        try {
            policy.listener().accept(event);
        } catch (Throwable e) {
            LOG.warn("The listener of a retry policy failed.", e);
        }
        boolean nested = options.propagation() == Propagation.NESTED && manager.current() != null;
        TransactionInfo info = new TransactionInfo(options.name(), number, nested);
        RetriedEvent.record(info, event);
        manager.tell(listener -> listener.retried(info, event));
    }
}
