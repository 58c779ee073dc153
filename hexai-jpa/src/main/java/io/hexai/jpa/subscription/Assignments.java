package io.hexai.jpa.subscription;

import java.util.Collections;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives the crew of an owner what there is to do by the subscription's row. Confined to the coordinator's thread. */
final class Assignments {

    private static final Logger LOG = LoggerFactory.getLogger(EventSubscription.class);

    private final Equipment equipment;
    private final SubscriptionSettings settings;
    private final SubscriptionRows rows;
    private final Checkpoints checkpoints;
    private final Crew crew;
    private final PartitionWorker.Supervisor supervisor;
    private final Runnable wake;

    Assignments(Equipment equipment, Crew crew, PartitionWorker.Supervisor supervisor, Runnable wake) {
        this.equipment = equipment;
        this.settings = equipment.settings();
        this.rows = equipment.rows();
        this.checkpoints = equipment.delivery().checkpoints();
        this.crew = crew;
        this.supervisor = supervisor;
        this.wake = wake;
    }

    void give(Term term, SubscriptionRow row) {
        if (crew.lacksWorkers()) {
            beginWork(term, row);
        }
        startRebuildIfAsked(term, row);
    }

    /** With another number of partitions than before, the old ones first come to the position of the foremost. */
    private void beginWork(Term term, SubscriptionRow row) {
        List<Long> positions = rows.call(connection -> checkpoints.owned(connection, term, row.generation()));
        if (positions.size() != row.partitions()) {
            throw new LostOwnershipException(positions.size() + " of " + row.partitions()
                    + " checkpoints are there and carry the epoch of this instance");
        }
        long foremost = Collections.max(positions);
        if (row.partitions() == settings.partitions()) {
            beginWork(term, row, positions, Long.MAX_VALUE);
        } else if (Collections.min(positions) < foremost) {
            beginWork(term, row, positions, foremost);
        } else {
            rearrange(term, row, foremost);
            wake.run();
        }
    }

    private void beginWork(Term term, SubscriptionRow row, List<Long> positions, long bound) {
        WorkerGroup group = new WorkerGroup(row.partitions());
        for (int partition = 0; partition < row.partitions(); partition++) {
            EventPump pump = new EventPump(
                    equipment,
                    new Delivery.Target(term, row.generation(), partition, ShadowSchema.NONE),
                    settings.filter(partition, row.partitions()),
                    positions.get(partition),
                    group.pace());
            group.add(new PartitionWorker(pump, group.pace(), bound, equipment.troubles(), supervisor));
        }
        crew.beginWork(group);
    }

    private void rearrange(Term term, SubscriptionRow row, long position) {
        rows.call(connection -> {
            checkpoints.requireOwned(connection, term, row.generation(), row.partitions());
            checkpoints.remove(connection, term, row.generation());
            rows.addCheckpoints(connection, term, row.generation(), settings.partitions(), position);
            rows.setPartitions(connection, term, settings.partitions());
            return true;
        });
        LOG.info(
                "Subscription '{}' has {} partition(s) now, instead of {}",
                settings.name(),
                settings.partitions(),
                row.partitions());
    }

    private void startRebuildIfAsked(Term term, SubscriptionRow row) {
        boolean asked = row.rebuildRequested() || row.version() < settings.version() && row.rebuildFailure() == null;
        if (!asked || crew.isRebuilding() || row.partitions() != settings.partitions()) {
            return;
        }
        if (!settings.canRebuild()) {
            rows.rebuildFailed(term, "the active process was not told how: onRebuild(…), or readModel(…)");
            return;
        }
        WorkerGroup group = new WorkerGroup(1);
        group.add(new Rebuild(equipment, group.pace(), term, row, crew));
        crew.beginRebuild(group);
    }
}
