package io.hexai.jpa.subscription;

import io.hexai.jpa.event.DatabaseEventStore;
import io.hexai.jpa.event.EventPage;
import io.hexai.jpa.transaction.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A subscription whose owner has a lease in the database. */
final class LeasedSubscription implements EventSubscription, WakeUps.Listener {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(25);

    private final SubscriptionSettings settings;
    private final FactorySubscriptions factory;
    private final SubscriptionRows rows;
    private final DatabaseEventStore reading;
    private final Troubles troubles;
    private final Coordinator coordinator;
    private final Pace handled = new Pace();
    private final DeadLetters deadLetters;

    private final ReentrantLock lifecycle = new ReentrantLock();
    private volatile Phase phase = Phase.NEW;
    private @Nullable Thread thread;
    private Registration announcing = () -> {};

    private enum Phase {
        NEW,
        STARTING,
        STARTED,
        CLOSED
    }

    LeasedSubscription(SubscriptionSettings settings, FactorySubscriptions factory) {
        this.settings = settings;
        this.factory = factory;
        SubscriptionTables tables = SubscriptionTables.of(factory.factory());
        Checkpoints checkpoints = new Checkpoints(tables);
        DeadLetterRows letters = new DeadLetterRows(tables, settings.name());
        this.rows = new SubscriptionRows(tables, factory.unitOfWork(), settings.name());
        this.reading = settings.store().over(factory.unitOfWork());
        Delivery delivery = new Delivery(settings, checkpoints, letters, factory.unitOfWork());
        Ownership ownership = new Ownership(settings, rows, checkpoints);
        this.troubles = new Troubles(settings);
        this.coordinator = new Coordinator(
                new Equipment(settings, rows, delivery, reading, factory.factory(), troubles),
                ownership,
                handled::wake);
        this.deadLetters = new DeadLetters(settings, rows, reading, delivery);
    }

    @Override
    public void start() {
        begin();
        try {
            factory.start(settings.name(), settings.partitions());
            try {
                rows.register(settings);
                requireSameTable();
                run();
            } catch (RuntimeException | Error e) {
                factory.end(settings.name());
                throw e;
            }
        } finally {
            endFailedStart();
        }
    }

    private void begin() {
        lifecycle.lock();
        try {
            switch (phase) {
                case STARTING, STARTED ->
                    throw new IllegalStateException("Subscription '" + settings.name() + "' is started already.");
                case CLOSED -> throw closed();
                case NEW -> phase = Phase.STARTING;
            }
        } finally {
            lifecycle.unlock();
        }
    }

    private void run() {
        lifecycle.lock();
        try {
            requireNotClosed();
            Thread coordinating = settings.threads().newThread(coordinator);
            announcing = factory.announceAppends(settings.store());
            factory.wakeUps().add(this);
            thread = coordinating;
            coordinating.start();
            phase = Phase.STARTED;
        } finally {
            lifecycle.unlock();
        }
    }

    /** One that could not be started may be started again. */
    private void endFailedStart() {
        lifecycle.lock();
        try {
            if (phase == Phase.STARTING) {
                phase = Phase.NEW;
            }
        } finally {
            lifecycle.unlock();
        }
    }

    private void requireSameTable() {
        SubscriptionRow row = rows.read();
        if (row != null && !row.eventTable().equals(settings.store().table())) {
            throw new IllegalStateException(
                    "Subscription '" + settings.name() + "' follows the table " + row.eventTable()
                            + " in this database, but was started on a store over "
                            + settings.store().table()
                            + ". Give it a name of its own.");
        }
    }

    private IllegalStateException closed() {
        return new IllegalStateException("Subscription '" + settings.name()
                + "' is closed in this process. Build another one to start it again.");
    }

    private void requireNotClosed() {
        if (phase == Phase.CLOSED) {
            throw closed();
        }
    }

    @Override
    public SubscriptionLag lag() {
        return lag(rows.positions());
    }

    private SubscriptionLag lag(List<Long> positions) {
        long events = 0;
        Instant oldest = null;
        for (int partition = 0; partition < positions.size(); partition++) {
            var filter = settings.filter(partition, positions.size());
            long position = positions.get(partition);
            EventPage page = reading.fetch(position, 1, filter);
            if (!page.events().isEmpty()) {
                events += reading.count(position, filter);
                Instant created = page.events().get(0).message().createdAt();
                oldest = oldest == null || created.isBefore(oldest) ? created : oldest;
            }
        }
        Duration age = oldest == null
                ? Duration.ZERO
                : Duration.between(oldest, settings.clock().instant());
        return new SubscriptionLag(
                events,
                age.isNegative() ? Duration.ZERO : age,
                positions.isEmpty() ? 0 : Collections.min(positions),
                reading.lastPosition());
    }

    @Override
    public SubscriptionState state() {
        SubscriptionRow row = rows.read();
        SubscriptionFailure trouble = troubles.worst();
        SubscriptionFailure failure = coordinator.broken();
        if (failure == null) {
            failure = row == null || row.failure() == null ? trouble : row.failure();
        }
        return new SubscriptionState(
                settings.name(),
                status(row, trouble),
                row == null || !row.leased() ? null : row.owner(),
                lag(rows.positions()),
                trouble == null ? 0 : trouble.attempts(),
                failure,
                row == null ? null : row.rebuildFailure(),
                deadLetters.count(),
                reading.appenders());
    }

    private SubscriptionStatus status(@Nullable SubscriptionRow row, @Nullable SubscriptionFailure trouble) {
        if (phase == Phase.CLOSED) {
            return SubscriptionStatus.CLOSED;
        }
        if (coordinator.broken() != null) {
            return SubscriptionStatus.FAILED;
        }
        if (row == null) {
            return SubscriptionStatus.NEW;
        }
        if (row.failure() != null) {
            return row.failure().isError() ? SubscriptionStatus.FAILED : SubscriptionStatus.STOPPED;
        }
        if (row.paused()) {
            return SubscriptionStatus.PAUSED;
        }
        if (!coordinator.isOwner()) {
            return trouble == null ? SubscriptionStatus.STANDBY : SubscriptionStatus.RETRYING;
        }
        if (coordinator.crew().isRebuilding()) {
            return SubscriptionStatus.REBUILDING;
        }
        return trouble == null ? SubscriptionStatus.RUNNING : SubscriptionStatus.RETRYING;
    }

    @Override
    public void pause() {
        requireNotClosed();
        rows.pause();
        if (!coordinator.crew().isHandling()) {
            try {
                coordinator.crew().quiesce();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void resume() {
        requireNotClosed();
        rows.resume();
        factory.wakeUps().tell(settings.name());
    }

    @Override
    public void rebuild() {
        requireNotClosed();
        if (!settings.canRebuild()) {
            throw new IllegalStateException("Subscription '" + settings.name()
                    + "' cannot be rebuilt: tell its builder how the read model is emptied, by onRebuild(…), or which"
                    + " tables it consists of, by readModel(…).");
        }
        rows.requestRebuild();
        factory.wakeUps().tell(settings.name());
    }

    @Override
    public void awaitRebuilt(Duration timeout) {
        requireNotClosed();
        long deadline = Pace.deadlineAfter(timeout);
        while (true) {
            SubscriptionRow row = rows.read();
            if (row == null || !row.rebuildRequested()) {
                if (row != null && row.rebuildFailure() != null) {
                    throw new RebuildFailedException(settings.name(), row.rebuildFailure());
                }
                return;
            }
            if (!waitForMore(deadline)) {
                throw new RebuildFailedException(settings.name(), "it has not ended within " + timeout);
            }
        }
    }

    @Override
    public void awaitCaughtUp(Duration timeout) {
        requireNotClosed();
        long deadline = Pace.deadlineAfter(timeout);
        long target = committedPosition();
        while (!hasHandledUpTo(target)) {
            SubscriptionRow row = rows.read();
            boolean stopped = row != null && row.failure() != null || coordinator.broken() != null;
            if (stopped || !waitForMore(deadline)) {
                throw new NotCaughtUpException(state(), target, timeout);
            }
        }
    }

    /** Whoever waits inside the transaction that somebody waits for, would wait for himself. */
    private long committedPosition() {
        if (coordinator.crew().isHandling()) {
            throw new IllegalStateException("A handler of subscription '" + settings.name()
                    + "' waits until all events are handled, of which the one that it handles is one.");
        }
        DatabaseEventStore own = settings.store();
        boolean inside = own.unitOfWork().isActive();
        long visible = inside ? own.lastCommittedPosition() : 0;
        long committed = reading.lastCommittedPosition();
        if (inside && (visible > committed || own.isAppending())) {
            throw new IllegalStateException(
                    "This unit of work, or one that it has suspended, has stored events that are not committed, or its entities have"
                            + " raised such events; subscription '" + settings.name()
                            + "' cannot handle them before it has ended. Wait afterwards.");
        }
        return committed;
    }

    private boolean hasHandledUpTo(long target) {
        List<Long> positions = rows.positions();
        return !positions.isEmpty() && Collections.min(positions) >= target;
    }

    /** Waits until this process has handled more, or for a moment, since another one may have. */
    private boolean waitForMore(long deadline) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
            return false;
        }
        handled.await(Duration.ofNanos(Math.min(left, LOOK_AGAIN.toNanos())), handled.wakes());
        return !Thread.currentThread().isInterrupted();
    }

    @Override
    public DeadLetters deadLetters() {
        return deadLetters;
    }

    @Override
    public void close() {
        if (coordinator.crew().isHandling()) {
            throw new IllegalStateException("Subscription '" + settings.name()
                    + "' cannot be closed by its own handler, for whose end it waits. Call pause() there, or close it on"
                    + " another thread.");
        }
        Thread ending;
        lifecycle.lock();
        try {
            ending = thread;
            thread = null;
            phase = Phase.CLOSED;
        } finally {
            lifecycle.unlock();
        }
        if (ending != null) {
            announcing.close();
            factory.wakeUps().remove(this);
            coordinator.close();
            try {
                ending.join(settings.closeTimeout().plusSeconds(5).toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            factory.end(settings.name());
        }
    }

    @Override
    public String table() {
        return settings.store().table();
    }

    @Override
    public String subscription() {
        return settings.name();
    }

    @Override
    public void eventsStored() {
        coordinator.crew().wake();
    }

    @Override
    public void told() {
        coordinator.wake();
    }
}
