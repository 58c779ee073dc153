package io.hexai.jpa.subscription;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns a subscription, or waits to, and sees to it that the right threads work: its own thread renews the lease and obeys what
 * the subscription's row says; it never waits for a handler.
 */
final class Coordinator implements Runnable, PartitionWorker.Supervisor {

    private static final Logger LOG = LoggerFactory.getLogger(EventSubscription.class);

    private final Equipment equipment;
    private final SubscriptionSettings settings;
    private final SubscriptionRows rows;
    private final Ownership ownership;
    private final Troubles troubles;
    private final Runnable whenHandled;
    private final Pace pace = new Pace();
    private final Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5));
    private final HeldBackWarning heldBack;

    private volatile Crew crew;
    private volatile @Nullable Term term;
    private volatile boolean closing;
    private volatile long closeBy;
    private volatile @Nullable SubscriptionFailure broken;
    private long renewedAt;
    private long lostAt;

    Coordinator(Equipment equipment, Ownership ownership, Runnable whenHandled) {
        this.equipment = equipment;
        this.settings = equipment.settings();
        this.rows = equipment.rows();
        this.ownership = ownership;
        this.troubles = equipment.troubles();
        this.whenHandled = whenHandled;
        this.crew = new Crew(settings.threads(), pace::wake);
        this.heldBack = new HeldBackWarning(settings, equipment.reading());
    }

    boolean isOwner() {
        return term != null;
    }

    /** Why the coordinator itself has ended, or null. */
    @Nullable
    SubscriptionFailure broken() {
        return broken;
    }

    Crew crew() {
        return crew;
    }

    void wake() {
        pace.wake();
    }

    @Override
    public void run() {
        try {
            while (!isOver()) {
                long seen = pace.wakes();
                pace.await(step(), seen);
            }
            release();
        } catch (Throwable e) {
            broken = troubles.describe(null, 1, e);
            LOG.error("Subscription '{}' has ended in this process", settings.name(), e);
            crew.stop();
        }
    }

    private boolean isOver() {
        if (!closing) {
            return false;
        }
        crew.dismiss();
        if (System.nanoTime() - closeBy > 0) {
            LOG.warn(
                    "Subscription '{}' is closed although a handler has not returned within {}; it is interrupted",
                    settings.name(),
                    settings.closeTimeout());
            crew.interrupt();
            return true;
        }
        return crew.isIdle();
    }

    private Duration step() {
        Duration wait;
        try {
            Term owned = term;
            wait = owned == null ? standBy() : own(owned);
            if (Objects.equals(owned, term)) {
                backoff.reset();
            }
            troubles.over(this);
        } catch (Exception e) {
            boolean isOld = System.nanoTime() - renewedAt > settings.lease().toNanos();
            if (term != null && (isOld || e instanceof LostOwnershipException)) {
                lose();
            }
            troubles.add(this, null, 1, e);
            wait = backoff.next();
        }
        return closing ? shorter(wait, Duration.ofMillis(20)) : wait;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private Duration standBy() {
        if (!closing && isRidOfFormerCrew()) {
            renewedAt = System.nanoTime();
            Term acquired = ownership.acquire();
            if (acquired != null) {
                cleanUp(acquired);
                term = acquired;
                LOG.info("Subscription '{}' is handled by this process now", settings.name());
                settings.tell(listener -> listener.started(settings.name()));
                return Duration.ZERO;
            }
        }
        return shorter(settings.lease().dividedBy(4), Duration.ofMillis(500));
    }

    /**
     * What the former term has begun should end first, so that no two threads of this process are at one partition. But a handler
     * that never returns, or a server that never answers, must not keep this process from ever taking over again: what comes of
     * it late is shut out by the epoch, as if it were of another process.
     */
    private boolean isRidOfFormerCrew() {
        if (!crew.isIdle()
                && System.nanoTime() - lostAt > settings.closeTimeout().toNanos()) {
            LOG.warn(
                    "Subscription '{}' was lost, but a thread has not come back from a handler or the database within {}; it is"
                            + " interrupted, and left alone",
                    settings.name(),
                    settings.closeTimeout());
            crew.interrupt();
            crew = new Crew(settings.threads(), pace::wake);
        }
        return crew.isIdle();
    }

    /** What a rebuild has left behind that did not end; the next one would remove it as well. */
    private void cleanUp(Term acquired) {
        try {
            rows.callAsOwner(acquired, (connection, row) -> {
                Rebuild.removeUnfinished(connection, equipment.delivery(), acquired, row);
                return true;
            });
        } catch (RuntimeException e) {
            LOG.debug("What an unfinished rebuild of subscription '{}' has left stays for now", settings.name(), e);
        }
    }

    private Duration own(Term owned) {
        long now = System.nanoTime();
        SubscriptionRow row = rows.renew(owned, settings.lease());
        if (row == null) {
            lose();
            return Duration.ZERO;
        }
        renewedAt = now;
        if (closing || !row.mayHandle()) {
            crew.stop();
        } else {
            new Assignments(equipment, crew, this, pace::wake).give(owned, row);
        }
        heldBack.check();
        return settings.lease().dividedBy(3);
    }

    @Override
    public void handledUpTo(long position) {
        whenHandled.run();
    }

    @Override
    public void failed(Term of, SubscriptionFailure failure, Throwable cause) {
        if (!of.equals(term)) {
            LOG.warn("Subscription '{}' was lost before a thread failed", settings.name(), cause);
            return;
        }
        LOG.error(
                "Subscription '{}' stops{}, until it is resumed",
                settings.name(),
                failure.position() == null ? "" : " before the event at position " + failure.position(),
                cause);
        crew.stop();
        boolean stopped = false;
        while (!stopped && of.equals(term)) {
            try {
                rows.stop(of, failure);
                stopped = true;
            } catch (RuntimeException e) {
                troubles.add(this, null, failure.attempts(), e);
                pace.rest(Duration.ofSeconds(1));
                stopped = closing;
            }
        }
        settings.tell(listener -> listener.stopped(settings.name(), failure));
        whenHandled.run();
        pace.wake();
    }

    private void lose() {
        term = null;
        lostAt = System.nanoTime();
        LOG.info("Subscription '{}' is no longer handled by this process", settings.name());
        crew.stop();
        settings.tell(listener -> listener.ended(settings.name()));
    }

    private void release() {
        Term owned = term;
        if (owned != null) {
            term = null;
            try {
                rows.release(owned);
            } catch (RuntimeException e) {
                LOG.warn(
                        "Subscription '{}' could not be given back; others can go on after {}",
                        settings.name(),
                        settings.lease(),
                        e);
            }
            settings.tell(listener -> listener.ended(settings.name()));
        }
    }

    void close() {
        closeBy = Pace.deadlineAfter(settings.closeTimeout());
        closing = true;
        crew.dismiss();
        pace.wake();
    }
}
