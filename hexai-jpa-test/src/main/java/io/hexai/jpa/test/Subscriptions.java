package io.hexai.jpa.test;

import io.hexai.jpa.event.EventAppender;
import io.hexai.jpa.subscription.EventSubscription;
import io.hexai.jpa.subscription.NotCaughtUpException;
import io.hexai.jpa.subscription.SubscriptionFailure;
import io.hexai.jpa.subscription.SubscriptionState;
import io.hexai.jpa.subscription.SubscriptionStatus;
import io.hexai.jpa.transaction.UnitOfWork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;

/**
 * The event subscriptions of a test: started by it, waited for together, and closed when it ends. A test takes it as a parameter:
 *
 * <pre>{@code
 * subscriptions.start(OrderSummary.subscription(store));
 * desk.placeOrder("o-1");
 * subscriptions.awaitCaughtUp();
 * assertThat(summaries.get("o-1").total()).isEqualTo(90);
 * }</pre>
 *
 * <p>Subscriptions see what is committed, on threads of their own, and so need another isolation than {@link TestIsolation#ROLLBACK}.
 * One taken in a {@code @BeforeAll} method lasts for all tests of the class.
 *
 * <p>Confined to the test's thread. Closing it closes what it has started; an injected one is closed with the test.
 */
public final class Subscriptions implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final UnitOfWork unitOfWork;
    private final List<EventSubscription> started = new ArrayList<>();

    private Subscriptions(UnitOfWork unitOfWork) {
        this.unitOfWork = unitOfWork;
    }

    /**
     * Makes one that has started nothing yet.
     *
     * @param unitOfWork what the test stores its events with
     * @return to be closed by the caller
     */
    public static Subscriptions of(UnitOfWork unitOfWork) {
        return new Subscriptions(unitOfWork);
    }

    /**
     * Starts a subscription.
     *
     * @param subscription as its builder made it, not started yet
     * @return the same
     */
    public EventSubscription start(EventSubscription subscription) {
        started.add(subscription);
        subscription.start();
        return subscription;
    }

    /**
     * Waits for at most 30 seconds, as {@link #awaitCaughtUp(Duration)} does.
     *
     * @throws AssertionFailedError if it takes longer, or a subscription has stopped
     * @throws IllegalStateException inside a unit of work
     */
    public void awaitCaughtUp() {
        awaitCaughtUp(PATIENCE);
    }

    /**
     * Waits until the started subscriptions have handled all events, those included that their handlers have stored meanwhile.
     * One that the test has closed is not waited for.
     *
     * @param timeout how long at most
     * @throws AssertionFailedError if it takes longer, or a subscription has stopped; it tells of each that is behind how far,
     *     what it is doing, why it has stopped, and which transaction it is held back by
     * @throws IllegalStateException inside a unit of work, whose events are not committed
     */
    public void awaitCaughtUp(Duration timeout) {
        if (unitOfWork.isActive()) {
            throw new IllegalStateException("A unit of work is open, and what it has stored no subscription can see."
                    + " Wait for subscriptions when it has ended.");
        }
        long deadline = System.nanoTime() + timeout.toNanos();
        do {
            try {
                for (EventSubscription subscription : open()) {
                    subscription.awaitCaughtUp(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
                }
            } catch (NotCaughtUpException e) {
                throw behind(timeout, e);
            }
            if (open().stream().allMatch(subscription -> subscription.lag().isNone())) {
                return;
            }
        } while (System.nanoTime() < deadline);
        throw behind(timeout, null);
    }

    private List<EventSubscription> open() {
        return started.stream()
                .filter(subscription -> subscription.state().status() != SubscriptionStatus.CLOSED)
                .toList();
    }

    private AssertionFailedError behind(Duration timeout, @Nullable NotCaughtUpException cause) {
        List<EventSubscription> open = open();
        List<SubscriptionState> behind = open.stream()
                .map(EventSubscription::state)
                .filter(state -> isBehind(state, cause))
                .toList();
        return new AssertionFailedError(
                behind.size() + " of " + open.size() + " subscriptions have not handled all events within " + timeout
                        + behind.stream()
                                .map(state -> "\n  " + describe(state))
                                .collect(Collectors.joining("", ":", "")),
                cause);
    }

    /** By now, or when the waiting ended. */
    private static boolean isBehind(SubscriptionState state, @Nullable NotCaughtUpException cause) {
        return !state.lag().isNone() || (cause != null && cause.state().name().equals(state.name()));
    }

    private static String describe(SubscriptionState state) {
        StringBuilder text = new StringBuilder("'" + state.name() + "' is " + state.status() + " at position "
                + state.lag().checkpoint() + " of " + state.lag().lastPosition() + ", "
                + state.lag().events() + " event(s) behind, the oldest for "
                + state.lag().time().toMillis() + " ms");
        SubscriptionFailure failure = state.failure();
        if (failure != null) {
            text.append("; ").append(failure.attempts()).append(" attempt(s) failed");
            if (failure.position() != null) {
                text.append(" at #").append(failure.position()).append(' ').append(failure.eventType());
            }
            text.append(": ").append(failure.message());
        }
        for (EventAppender appender : state.heldBackBy()) {
            text.append("; held back before ")
                    .append(appender.before())
                    .append(" by process ")
                    .append(appender.processId())
                    .append(" (")
                    .append(appender.applicationName())
                    .append("), whose transaction has been open for ")
                    .append(appender.age().toMillis())
                    .append(" ms");
        }
        return text.toString();
    }

    /** Closes what it has started and is still open, the last first. */
    @Override
    public void close() {
        if (!started.isEmpty()) {
            try {
                started.remove(started.size() - 1).close();
            } finally {
                close();
            }
        }
    }
}
