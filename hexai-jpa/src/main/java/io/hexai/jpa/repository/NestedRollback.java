package io.hexai.jpa.repository;

import io.hexai.jpa.transaction.PendingChanges;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.SessionImplementor;

/**
 * Puts domain objects back after a nested scope has rolled back. Their entities are as they were at the savepoint by then,
 * and a flush would write nothing. So whatever a trial copy makes differ is a change that was rolled back: the entities are
 * reverted, and the domain object behind the difference is found by halving.
 */
final class NestedRollback {

    private final SessionImplementor session;
    private final PendingChanges changes;
    private final List<Set<String>> untouched;

    NestedRollback(SessionImplementor session, PendingChanges changes) {
        this.session = session;
        this.changes = changes;
        this.untouched = differences();
    }

    /** Restores those that differ from their entity, and returns as lost those for which that failed. */
    List<TrackedObject<?, ?>> restore(List<TrackedObject<?, ?>> objects) {
        List<TrackedObject<?, ?>> lost = new ArrayList<>(0);
        for (TrackedObject<?, ?> each : differing(objects)) {
            try {
                each.restore();
                if (!equalsEntities(List.of(each))) {
                    lost.add(each.lost(null));
                }
            } catch (Throwable e) {
                lost.add(each.lost(e));
            }
        }
        return lost;
    }

    private List<TrackedObject<?, ?>> differing(List<TrackedObject<?, ?>> objects) {
        if (objects.isEmpty() || equalsEntities(objects)) {
            return List.of();
        }
        if (objects.size() == 1) {
            return objects;
        }
        int half = objects.size() / 2;
        List<TrackedObject<?, ?>> differing = new ArrayList<>(differing(objects.subList(0, half)));
        differing.addAll(differing(objects.subList(half, objects.size())));
        return differing;
    }

    private boolean equalsEntities(List<TrackedObject<?, ?>> objects) {
        boolean equal = false;
        try {
            objects.forEach(TrackedObject::copyToEntity);
            equal = differences().equals(untouched);
        } catch (Throwable e) {
            // A nested scope may fail half-way through a change, in a state that cannot be copied.
            return false;
        } finally {
            if (!equal) {
                revertEntities();
            }
        }
        return equal;
    }

    /** What a flush would write of each entity, in the order in which they entered the session. */
    private List<Set<String>> differences() {
        List<Set<String>> differences = new ArrayList<>();
        for (Map.Entry<Object, EntityEntry> each : entries()) {
            differences.add(difference(each.getKey(), each.getValue()));
        }
        return differences;
    }

    private Set<String> difference(Object entity, EntityEntry entry) {
        if (entry.getStatus().isDeletedOrGone()) {
            return Set.of("removed");
        }
        return entry.isExistsInDatabase() ? changes.modifiedAttributes(entity) : Set.of("new");
    }

    private void revertEntities() {
        for (Map.Entry<Object, EntityEntry> each : entries()) {
            if (!difference(each.getKey(), each.getValue()).isEmpty()) {
                changes.revert(each.getKey());
            }
        }
    }

    private Map.Entry<Object, EntityEntry>[] entries() {
        return session.getPersistenceContextInternal().reentrantSafeEntityEntries();
    }
}
