package io.hexai.jpa.transaction;

import java.lang.reflect.Field;
import java.util.Set;
import org.hibernate.action.internal.AbstractEntityInsertAction;
import org.hibernate.engine.spi.ActionQueue;
import org.hibernate.engine.spi.ExecutableList;
import org.jspecify.annotations.Nullable;

/**
 * Takes insertions back out of Hibernate's queue. Hibernate itself can take back deletions only; of an entity that is removed
 * before it was flushed it executes the insertion and then the deletion, and so fails for one that violates a constraint.
 * The queue has no accessor for it, hence the look into its field, whose absence in another version leaves things as they are.
 */
final class QueuedInsertions {

    private static final @Nullable Field INSERTIONS = find();

    private QueuedInsertions() {}

    private static @Nullable Field find() {
        try {
            Field field = ActionQueue.class.getDeclaredField("insertions");
            field.setAccessible(true);
            return field;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }

    /** Returns false if this version of Hibernate keeps its insertions somewhere else. */
    static boolean canBeTakenBack() {
        return INSERTIONS != null;
    }

    /** Removes the insertions of these instances. */
    static void takeBack(Set<Object> entities, ActionQueue queue) {
        try {
            if (INSERTIONS != null && INSERTIONS.get(queue) instanceof ExecutableList<?> insertions) {
                for (int i = insertions.size() - 1; i >= 0; i--) {
                    if (insertions.get(i) instanceof AbstractEntityInsertAction insertion
                            && entities.contains(insertion.getInstance())) {
                        insertions.remove(i);
                    }
                }
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("The field was made accessible before", e);
        }
    }
}
