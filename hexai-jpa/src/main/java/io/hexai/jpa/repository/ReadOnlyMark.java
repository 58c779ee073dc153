package io.hexai.jpa.repository;

import io.hexai.jpa.transaction.PendingChanges;
import java.util.Set;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.EntityEntryExtraState;
import org.jspecify.annotations.Nullable;

/** Sits on the entry of an entity that was fetched read-only and is held to it. Goes with the entry. */
final class ReadOnlyMark implements EntityEntryExtraState {

    private final PendingChanges changes;
    private boolean lifted;
    private @Nullable EntityEntryExtraState next;

    ReadOnlyMark(PendingChanges changes) {
        this.changes = changes;
    }

    /** Returns the mark that holds, or null. */
    static @Nullable ReadOnlyMark on(EntityEntry entry) {
        ReadOnlyMark mark = entry.getExtraState(ReadOnlyMark.class);
        return mark == null || mark.lifted ? null : mark;
    }

    /** Refuses the entity if it was changed or removed. */
    void requireUntouched(Object entity, EntityEntry entry) {
        Set<String> modified = changes.modifiedAttributes(entity);
        if (!modified.isEmpty() || entry.getStatus().isDeletedOrGone()) {
            throw new ImmutableEntityModifiedException(
                    entry.getPersister().getEntityMappingType().getImportedName(), entry.getId(), modified);
        }
    }

    /** From here on, the entity may be changed. */
    void lift() {
        lifted = true;
    }

    @Override
    public void addExtraState(EntityEntryExtraState extraState) {
        if (next == null) {
            next = extraState;
        } else {
            next.addExtraState(extraState);
        }
    }

    @Override
    public <T extends EntityEntryExtraState> @Nullable T getExtraState(Class<T> type) {
        if (next == null) {
            return null;
        }
        return type.isInstance(next) ? type.cast(next) : next.getExtraState(type);
    }
}
