package io.hexai.jpa.repository;

import io.hexai.jpa.internal.CascadeWalk;
import jakarta.persistence.LockModeType;
import java.util.Set;
import org.hibernate.engine.spi.CascadingActions;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.Status;
import org.hibernate.event.spi.EventSource;

/**
 * Undoes a read-only fetch for what is fetched again, for change. Hibernate leaves an instance that it has read-only, and
 * would silently not write what is changed in it.
 */
final class ReadOnlyFetch {

    private ReadOnlyFetch() {}

    /**
     * Makes one entity changeable. It is read anew where Hibernate has no snapshot of it that a change could be told from.
     *
     * @return true if the entity was read anew for it
     */
    static boolean undo(Object entity, EntityEntry entry, EventSource session, LockModeType lock) {
        ReadOnlyMark mark = ReadOnlyMark.on(entry);
        if (mark != null) {
            mark.requireUntouched(entity, entry);
            mark.lift();
            return false;
        }
        if (!isReadOnly(entry, session)) {
            return false;
        }
        session.refresh(entity, lock);
        session.setReadOnly(entity, false);
        return true;
    }

    /** Makes an entity changeable with all that its changes may concern: what persisting it would cascade to. */
    static void undoWithChildren(Object entity, EntityEntry entry, EventSource session) {
        if (ReadOnlyMark.on(entry) == null && !isReadOnly(entry, session)) {
            return;
        }
        Set<Object> readAnew = undo(entity, entry, session, LockModeType.NONE)
                ? CascadeWalk.from(entity, CascadingActions.REFRESH, session)
                : Set.of();
        for (Object each : CascadeWalk.from(entity, CascadingActions.PERSIST, session)) {
            EntityEntry reached = session.getPersistenceContextInternal().getEntry(each);
            if (readAnew.contains(each) && isReadOnly(reached, session)) {
                session.setReadOnly(each, false);
            } else {
                undo(each, reached, session, LockModeType.NONE);
            }
        }
    }

    private static boolean isReadOnly(EntityEntry entry, EventSource session) {
        return entry.getStatus() == Status.READ_ONLY
                && entry.getPersister().isMutable()
                && !session.isDefaultReadOnly();
    }
}
