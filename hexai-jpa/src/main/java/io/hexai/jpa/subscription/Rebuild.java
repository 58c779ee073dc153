package io.hexai.jpa.subscription;

import io.hexai.jpa.event.EventPage;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.event.StreamId;
import io.hexai.jpa.transaction.Propagation;
import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles all events anew, on a thread of its own, while readers see the read model as it was: in the shadow if its tables are
 * known, else in one transaction.
 */
final class Rebuild implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(EventSubscription.class);

    private final Equipment equipment;
    private final SubscriptionSettings settings;
    private final SubscriptionRows rows;
    private final Delivery delivery;
    private final Checkpoints checkpoints;
    private final Troubles troubles;
    private final Pace pace;
    private final Term term;
    private final SubscriptionRow row;
    private final Crew crew;
    private final Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5));
    private @Nullable Long failingSince;
    private @Nullable StoredEvent handled;

    Rebuild(Equipment equipment, Pace pace, Term term, SubscriptionRow row, Crew crew) {
        this.equipment = equipment;
        this.settings = equipment.settings();
        this.rows = equipment.rows();
        this.delivery = equipment.delivery();
        this.checkpoints = delivery.checkpoints();
        this.troubles = equipment.troubles();
        this.pace = pace;
        this.term = term;
        this.row = row;
        this.crew = crew;
    }

    @Override
    public void run() {
        try {
            rebuild();
        } finally {
            troubles.over(this);
            crew.resumeWork();
        }
    }

    private void rebuild() {
        int attempts = 0;
        LOG.info("Subscription '{}' is being rebuilt", settings.name());
        while (!pace.isStopped()) {
            try {
                if (settings.readModel().isEmpty()) {
                    inOneTransaction();
                } else {
                    inTheShadow();
                }
                break;
            } catch (LostOwnershipException e) {
                LOG.info("The rebuild of subscription '{}' has ended: {}", settings.name(), e.getMessage());
                break;
            } catch (Throwable e) {
                if (pace.isStopped()) {
                    break;
                }
                if (e instanceof PoisonedException || !Outage.is(e)) {
                    fail(e);
                    break;
                }
                if (isOutOfPatience()) {
                    fail(new OutOfPatienceException(settings.poison().patience(), e));
                    break;
                }
                troubles.add(this, handled, ++attempts, e);
                pace.rest(backoff.next());
            }
        }
    }

    /** Only time in which the database answers counts: while there is no getting at it, nothing is the rebuild's fault. */
    private boolean isOutOfPatience() {
        try {
            rows.read();
        } catch (RuntimeException e) {
            failingSince = null;
            return false;
        }
        long now = System.nanoTime();
        if (failingSince == null) {
            failingSince = now;
        }
        return now - failingSince >= settings.poison().patience().toNanos();
    }

    private void fail(Throwable failure) {
        Throwable cause =
                failure instanceof PoisonedException && failure.getCause() != null ? failure.getCause() : failure;
        LOG.error("Subscription '{}' could not be rebuilt; its read model is as before", settings.name(), cause);
        try {
            rows.callAsOwner(term, (connection, present) -> {
                removeUnfinished(connection, delivery, term, present);
                return true;
            });
            rows.rebuildFailed(
                    term,
                    failure instanceof PoisonedException poisoned
                            ? poisoned.getMessage() + ": " + FailureText.of(cause)
                            : FailureText.of(cause));
        } catch (RuntimeException e) {
            LOG.warn("The failure could not be noted; the rebuild will be begun anew", e);
        }
    }

    /** Removes what belongs to no generation that readers have seen. */
    static void removeUnfinished(Connection connection, Delivery delivery, Term term, SubscriptionRow row)
            throws SQLException {
        ShadowTables.dropLeftOver(connection, term.subscription());
        delivery.checkpoints().removeAllBut(connection, term, row.generation());
        delivery.deadLetters().removeAllBut(connection, row.generation());
    }

    private void inTheShadow() throws Exception {
        long generation = row.generation() + 1;
        ShadowTables shadow = rows.callAsOwner(term, (connection, present) -> {
            if (present.generation() != row.generation()) {
                throw new LostOwnershipException("its last transaction came through, although its connection was lost");
            }
            removeUnfinished(connection, delivery, term, present);
            ShadowTables created = ShadowTables.create(connection, settings.name(), settings.readModel());
            rows.addCheckpoints(connection, term, generation, 1, row.startPosition());
            return created;
        });
        Delivery.Target target = new Delivery.Target(term, generation, 0, shadow);
        RebuildAction action = settings.onRebuild();
        if (action != null) {
            delivery.prepare(target, action, row.startPosition());
        }
        EventPump pump = new EventPump(equipment, target, settings.filter(), row.startPosition(), pace);
        try {
            catchUp(pump);
        } finally {
            pump.end();
        }
        if (!pace.isStopped()) {
            swap(shadow, generation, pump.position());
        }
    }

    /** First while live events go on, then up to the last one of those. */
    private void catchUp(EventPump pump) throws Exception {
        boolean caughtUp = false;
        while (!pace.isStopped() && !caughtUp) {
            caughtUp = pump.pump(Long.MAX_VALUE);
        }
        if (!pace.isStopped()) {
            crew.suspendWork();
            long handled = foremost();
            while (!pace.isStopped() && pump.position() < handled) {
                pump.pump(handled);
            }
        }
    }

    private long foremost() {
        return Collections.max(rows.call(connection -> checkpoints.owned(connection, term, row.generation())));
    }

    /** From here on readers see what the shadow holds, and the checkpoint is where it is. */
    private void swap(ShadowTables shadow, long generation, long position) {
        rows.call(connection -> {
            checkpoints.requireOwned(connection, term, row.generation(), row.partitions());
            shadow.replaceContents(connection);
            checkpoints.removeAllBut(connection, term, -1);
            rows.addCheckpoints(connection, term, generation, settings.partitions(), position);
            delivery.deadLetters().removeAllBut(connection, generation);
            rows.rebuilt(connection, term, generation, settings.version(), settings.partitions());
            shadow.drop(connection);
            return true;
        });
        evictCaches();
        LOG.info("Subscription '{}' is rebuilt up to position {}", settings.name(), position);
    }

    /** Whatever second-level cache there is holds the old rows. The rebuild is over whether or not it can be emptied. */
    private void evictCaches() {
        try {
            equipment.factory().getCache().evictAllRegions();
        } catch (RuntimeException e) {
            LOG.warn("Subscription '{}' is rebuilt, but the second-level cache still has old rows", settings.name(), e);
        }
    }

    private void inOneTransaction() throws Exception {
        crew.suspendWork();
        handled = null;
        RebuildAction action = settings.onRebuild();
        boolean[] committed = {false};
        long generation = row.generation() + 1;
        Delivery.Target before = new Delivery.Target(term, row.generation(), 0, ShadowSchema.NONE);
        Delivery.Target after = new Delivery.Target(term, generation, 0, ShadowSchema.NONE);
        delivery.handling().<Exception>run(entityManager -> {
            delivery.handling().current().afterCommit(() -> committed[0] = true);
            delivery.begin(entityManager, before);
            if (action != null) {
                action.run(entityManager);
            }
            long position = handleAll(entityManager, after);
            entityManager.flush();
            entityManager.unwrap(Session.class).doWork(connection -> {
                checkpoints.requireOwned(connection, term, row.generation(), row.partitions());
                checkpoints.removeAllBut(connection, term, -1);
                rows.addCheckpoints(connection, term, generation, settings.partitions(), position);
                delivery.deadLetters().removeAllBut(connection, generation);
                rows.rebuilt(connection, term, generation, settings.version(), settings.partitions());
            });
        });
        if (!committed[0]) {
            throw new HandlingPreventedException();
        }
        LOG.info("Subscription '{}' is rebuilt", settings.name());
    }

    private long handleAll(EntityManager entityManager, Delivery.Target target) throws Exception {
        Set<StreamId> parked = new HashSet<>();
        long position = row.startPosition();
        EventPage page;
        do {
            page = equipment.reading().fetch(position, settings.batchSize(), settings.filter());
            for (StoredEvent event : page.events()) {
                if (pace.isStopped()) {
                    throw new LostOwnershipException("the subscription is being stopped");
                }
                handled = event;
                handleInside(entityManager, target, event, parked);
            }
            handled = null;
            position = page.nextPosition();
            entityManager.flush();
            entityManager.clear();
        } while (!page.isLast());
        return position;
    }

    /** An event that may become a dead letter must not take the whole transaction along. */
    private void handleInside(
            EntityManager entityManager, Delivery.Target target, StoredEvent event, Set<StreamId> parked)
            throws Exception {
        if (!settings.poison().isParking()) {
            delivery.handle(event, true);
            return;
        }
        if (event.streamId() != null && parked.contains(event.streamId())) {
            delivery.park(entityManager, target, event, 0, null);
            return;
        }
        try {
            delivery.handling().with(Propagation.NESTED).<Exception>run(() -> delivery.handle(event, true));
        } catch (Exception e) {
            if (Outage.is(e)) {
                throw e;
            }
            delivery.park(entityManager, target, event, 1, FailureText.of(e));
            if (settings.poison().isParkingFollowers() && event.streamId() != null) {
                parked.add(event.streamId());
            }
        }
    }
}
