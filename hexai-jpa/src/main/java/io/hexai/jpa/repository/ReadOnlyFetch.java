package io.hexai.jpa.repository;

import jakarta.persistence.LockModeType;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.Set;
import org.hibernate.Hibernate;
import org.hibernate.engine.spi.CascadeStyle;
import org.hibernate.engine.spi.CascadingActions;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.event.spi.EventSource;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.type.CollectionType;
import org.hibernate.type.CompositeType;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

/**
 * Undoes a read-only fetch for what is fetched again, for change. Hibernate leaves an instance that it has read-only, and
 * would silently not write what is changed in it.
 */
final class ReadOnlyFetch {

    private final EventSource session;
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    private ReadOnlyFetch(EventSource session) {
        this.session = session;
    }

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
        if (ReadOnlyMark.on(entry) != null || isReadOnly(entry, session)) {
            new ReadOnlyFetch(session).undoFrom(entity, false);
        }
    }

    private static boolean isReadOnly(EntityEntry entry, EventSource session) {
        return entry.isReadOnly() && entry.getPersister().isMutable() && !session.isDefaultReadOnly();
    }

    private void undoFrom(Object entity, boolean isRefreshed) {
        EntityEntry entry = session.getPersistenceContextInternal().getEntry(entity);
        if (entry == null || entry.getStatus().isDeletedOrGone() || !seen.add(entity)) {
            return;
        }
        boolean refreshed = isRefreshed;
        if (refreshed && isReadOnly(entry, session)) {
            session.setReadOnly(entity, false);
        } else {
            refreshed = undo(entity, entry, session, LockModeType.NONE);
        }
        EntityPersister persister = entry.getPersister();
        undoIn(
                persister.getPropertyTypes(),
                persister.getPropertyCascadeStyles(),
                persister.getValues(entity),
                refreshed);
    }

    private void undoIn(Type[] types, CascadeStyle[] styles, @Nullable Object[] values, boolean isRefreshed) {
        for (int i = 0; i < types.length; i++) {
            if (values[i] != null && Hibernate.isInitialized(values[i])) {
                undoIn(types[i], styles[i], values[i], isRefreshed);
            }
        }
    }

    private void undoIn(Type type, CascadeStyle style, Object value, boolean isRefreshed) {
        if (type instanceof CompositeType embeddable && !type.isAnyType()) {
            CascadeStyle[] styles = new CascadeStyle[embeddable.getSubtypes().length];
            for (int i = 0; i < styles.length; i++) {
                styles[i] = embeddable.getCascadeStyle(i);
            }
            undoIn(embeddable.getSubtypes(), styles, embeddable.getPropertyValues(value, session), isRefreshed);
        } else if (style.doCascade(CascadingActions.PERSIST)) {
            boolean refreshed = isRefreshed && style.doCascade(CascadingActions.REFRESH);
            if (type instanceof CollectionType collection
                    && collection.getElementType(session.getFactory()).isEntityType()) {
                for (Iterator<?> each = collection.getElementsIterator(value); each.hasNext(); ) {
                    undoFrom(Hibernate.unproxy(each.next()), refreshed);
                }
            } else if (type.isEntityType()) {
                undoFrom(Hibernate.unproxy(value), refreshed);
            }
        }
    }
}
