package io.hexai.jpa.subscription;

import io.hexai.jpa.event.DatabaseEventStore;
import io.hexai.jpa.event.EventAppender;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns a subscription, or waits to, and sees to it that the right threads work: its own thread renews the lease and obeys what
 * the subscription's row says; it never waits for a handler.
 */
final class Coordinator implements Runnable, PartitionWorker.Supervisor {

    private static final Logger LOG = LoggerFactory.getLogger(EventSubscription.class);

    private final SubscriptionSettings settings;
    private final SubscriptionRows rows;
    private final Checkpoints checkpoints;
    private final Delivery delivery;
    private final DatabaseEventStore reading;
    private final Ownership ownership;
    private final Troubles troubles;
    private final Runnable whenHandled;
    private final Pace pace = new Pace();
    private final Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5));
    private final Set<Integer> warnedOf = new HashSet<>();

    private final ReentrantLock working = new ReentrantLock();
    private @Nullable WorkerGroup workers;
    private @Nullable WorkerGroup rebuilding;
    private boolean suspended;

    private volatile @Nullable Term term;
    private volatile boolean closing;
    private volatile long closeBy;
    private volatile @Nullable SubscriptionFailure broken;
    private long renewedAt;
    private long checkedAppenders;

    Coordinator(
            SubscriptionSettings settings,
            SubscriptionRows rows,
            Delivery delivery,
            DatabaseEventStore reading,
            Ownership ownership,
            Runnable whenHandled) {
        this.settings = settings;
        this.rows = rows;
        this.checkpoints = delivery.checkpoints();
        this.delivery = delivery;
        this.reading = reading;
        this.ownership = ownership;
        this.troubles = new Troubles(settings);
        this.whenHandled = whenHandled;
    }

    boolean isOwner() {
        return term != null;
    }

    Troubles troubles() {
        return troubles;
    }

    /** Why the coordinator itself has ended, or null. */
    @Nullable
    SubscriptionFailure broken() {
        return broken;
    }

    boolean isRebuilding() {
        WorkerGroup group = rebuilding;
        return group != null && !group.isDone();
    }

    void wakeWorkers() {
        WorkerGroup group = workers;
        if (group != null) {
            group.pace().wake();
        }
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
            stopThreads();
        }
    }

    private boolean isOver() {
        if (!closing) {
            return false;
        }
        stopThreads();
        if (System.nanoTime() - closeBy > 0) {
            interruptThreads();
            return true;
        }
        return isIdle();
    }

    private Duration step() {
        Duration wait;
        try {
            wait = term == null ? standBy() : own(term);
            backoff.reset();
            troubles.over(this);
        } catch (RuntimeException e) {
            if (term != null && System.nanoTime() - renewedAt > settings.lease().toNanos()) {
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
        if (closing) {
            return Duration.ZERO;
        }
        // What the former term has begun has to end first, so that no two threads of this process are at one partition.
        if (isIdle()) {
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

    /** What a rebuild has left behind that did not end. */
    private void cleanUp(Term acquired) {
        rows.call(connection -> {
            SubscriptionRow row = rows.read(connection);
            if (row != null) {
                checkpoints.removeAllBut(connection, acquired, row.generation());
                delivery.deadLetters().removeAllBut(connection, row.generation());
            }
            ShadowTables.dropLeftOver(connection, settings.name());
            return true;
        });
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
            stopThreads();
        } else {
            work(owned, row);
        }
        warnOfAppenders();
        return settings.lease().dividedBy(3);
    }

    private void work(Term owned, SubscriptionRow row) {
        working.lock();
        try {
            if (closing || workers != null && !workers.isDone() || suspended) {
                startRebuildIfAsked(owned, row);
                return;
            }
            WorkerGroup ended = workers;
            workers = null;
            if (ended != null && !ended.pace().isStopped() && row.partitions() != settings.partitions()) {
                rearrange(owned, row);
                pace.wake();
                return;
            }
            startWorkers(owned, row);
            startRebuildIfAsked(owned, row);
        } finally {
            working.unlock();
        }
    }

    /** With another number of partitions than before, the old ones first come to the position of the foremost. */
    private void startWorkers(Term owned, SubscriptionRow row) {
        List<Long> positions = rows.call(connection -> rows.positions(connection, row.generation()));
        if (positions.size() != row.partitions()) {
            throw new IllegalStateException("Subscription '" + settings.name() + "' has " + positions.size()
                    + " checkpoints, but " + row.partitions() + " partitions.");
        }
        long bound = row.partitions() == settings.partitions() ? Long.MAX_VALUE : Collections.max(positions);
        WorkerGroup group = new WorkerGroup(row.partitions());
        for (int partition = 0; partition < row.partitions(); partition++) {
            EventPump pump = new EventPump(
                    settings,
                    reading,
                    delivery,
                    new Delivery.Target(owned, row.generation(), partition, ShadowSchema.NONE),
                    settings.filter(partition, row.partitions()),
                    positions.get(partition),
                    group.pace(),
                    troubles);
            group.add(new PartitionWorker(pump, group.pace(), bound, troubles, this));
        }
        workers = group;
        group.start(settings.threads(), pace::wake);
    }

    private void rearrange(Term owned, SubscriptionRow row) {
        rows.call(connection -> {
            long position = Collections.max(rows.positions(connection, row.generation()));
            checkpoints.requireOwned(connection, owned, row.generation(), row.partitions());
            checkpoints.remove(connection, owned, row.generation());
            rows.addCheckpoints(connection, owned, row.generation(), settings.partitions(), position);
            rows.setPartitions(connection, owned, settings.partitions());
            return true;
        });
        LOG.info(
                "Subscription '{}' has {} partition(s) now, instead of {}",
                settings.name(),
                settings.partitions(),
                row.partitions());
    }

    private void startRebuildIfAsked(Term owned, SubscriptionRow row) {
        boolean asked = row.rebuildRequested() || row.version() < settings.version() && row.rebuildFailure() == null;
        if (!asked || closing || rebuilding != null && !rebuilding.isDone()) {
            return;
        }
        if (!settings.canRebuild()) {
            rows.rebuildFailed(owned, "the active process was not told how: onRebuild(…), or readModel(…)");
            return;
        }
        WorkerGroup group = new WorkerGroup(1);
        group.add(new Rebuild(settings, rows, delivery, reading, troubles, group.pace(), owned, row, this));
        rebuilding = group;
        group.start(settings.threads(), pace::wake);
    }

    /** For a rebuild: ends the ordinary work, and keeps it from being begun. */
    void suspendWorkers() throws InterruptedException {
        WorkerGroup group;
        working.lock();
        try {
            suspended = true;
            group = workers;
        } finally {
            working.unlock();
        }
        if (group != null) {
            group.stop();
            group.awaitDone();
        }
    }

    void resumeWorkers() {
        working.lock();
        try {
            suspended = false;
        } finally {
            working.unlock();
        }
        pace.wake();
    }

    private void warnOfAppenders() {
        long now = System.nanoTime();
        if (now - checkedAppenders < settings.heldBackWarning().toNanos() / 4) {
            return;
        }
        checkedAppenders = now;
        Set<Integer> old = new HashSet<>();
        for (EventAppender appender : reading.appenders()) {
            if (appender.age().compareTo(settings.heldBackWarning()) > 0) {
                old.add(appender.processId());
                if (!warnedOf.contains(appender.processId())) {
                    LOG.warn(
                            "Subscription '{}' gets no events behind position {}: server process {} ('{}') has appended"
                                    + " events in a transaction that has been running for {}",
                            settings.name(),
                            appender.before(),
                            appender.processId(),
                            appender.applicationName(),
                            appender.age());
                }
            }
        }
        warnedOf.clear();
        warnedOf.addAll(old);
    }

    @Override
    public void handledUpTo(long position) {
        whenHandled.run();
    }

    @Override
    public void failed(SubscriptionFailure failure, Throwable cause) {
        LOG.error(
                "Subscription '{}' stops{}, until it is resumed",
                settings.name(),
                failure.position() == null ? "" : " before the event at position " + failure.position(),
                cause);
        stopThreads();
        Term owned = term;
        while (owned != null) {
            try {
                rows.stop(owned, failure);
                break;
            } catch (RuntimeException e) {
                troubles.add(this, null, failure.attempts(), e);
                pace.rest(Duration.ofSeconds(1));
                owned = closing ? null : term;
            }
        }
        settings.tell(listener -> listener.stopped(settings.name(), failure));
        whenHandled.run();
        pace.wake();
    }

    private void lose() {
        term = null;
        LOG.info("Subscription '{}' is no longer handled by this process", settings.name());
        stopThreads();
        settings.tell(listener -> listener.ended(settings.name()));
    }

    private void release() {
        Term owned = term;
        if (owned != null) {
            term = null;
            rows.release(owned);
            settings.tell(listener -> listener.ended(settings.name()));
        }
    }

    private void stopThreads() {
        working.lock();
        try {
            if (workers != null) {
                workers.stop();
            }
            if (rebuilding != null) {
                rebuilding.stop();
            }
        } finally {
            working.unlock();
        }
    }

    private void interruptThreads() {
        LOG.warn(
                "Subscription '{}' is closed although a handler has not returned within {}; it is interrupted, and what"
                        + " it does is rolled back",
                settings.name(),
                settings.closeTimeout());
        working.lock();
        try {
            if (workers != null) {
                workers.interrupt();
            }
            if (rebuilding != null) {
                rebuilding.interrupt();
            }
        } finally {
            working.unlock();
        }
    }

    private boolean isIdle() {
        working.lock();
        try {
            return (workers == null || workers.isDone()) && (rebuilding == null || rebuilding.isDone());
        } finally {
            working.unlock();
        }
    }

    /** Whether the current thread is one that runs handlers. */
    boolean isHandling() {
        working.lock();
        try {
            return workers != null && workers.isCurrent() || rebuilding != null && rebuilding.isCurrent();
        } finally {
            working.unlock();
        }
    }

    /** Waits until no handler of this process runs any more. */
    void quiesce() throws InterruptedException {
        stopThreads();
        WorkerGroup group;
        WorkerGroup shadow;
        working.lock();
        try {
            group = workers;
            shadow = rebuilding;
        } finally {
            working.unlock();
        }
        if (group != null) {
            group.awaitDone();
        }
        if (shadow != null) {
            shadow.awaitDone();
        }
    }

    void close() {
        closeBy = Pace.deadlineAfter(settings.closeTimeout());
        closing = true;
        stopThreads();
        pace.wake();
    }
}
