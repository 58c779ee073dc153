package io.hexai.jpa.transaction;

import java.util.IdentityHashMap;
import java.util.Map;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

/**
 * Tells for which entities Hibernate's loaded state is all that there is to know of them right after a flush, and is never
 * changed in place but for the version. Decided once for each mapping; entities of one mapping mostly follow each other.
 */
final class OrdinaryMappings {

    private @Nullable EntityPersister last;
    private boolean isLastOrdinary;
    private @Nullable Map<EntityPersister, Boolean> decided;

    boolean include(EntityPersister persister) {
        if (persister != last) {
            isLastOrdinary = isKnownOrdinary(persister);
            last = persister;
        }
        return isLastOrdinary;
    }

    private boolean isKnownOrdinary(EntityPersister persister) {
        if (last == null) {
            return isOrdinary(persister);
        }
        if (decided == null) {
            decided = new IdentityHashMap<>();
            decided.put(last, isLastOrdinary);
        }
        return decided.computeIfAbsent(persister, OrdinaryMappings::isOrdinary);
    }

    private static boolean isOrdinary(EntityPersister persister) {
        return persister.isMutable()
                && !persister.hasCollections()
                && !persister.hasLazyProperties()
                && !persister.hasNaturalIdentifier()
                && !persister.getBytecodeEnhancementMetadata().isEnhancedForLazyLoading()
                && isWrittenByFlushes(persister);
    }

    /** Dirty checking leaves out what is not updateable, so that it may have changed unseen. */
    private static boolean isWrittenByFlushes(EntityPersister persister) {
        Type[] types = persister.getPropertyTypes();
        boolean[] updateable = persister.getPropertyUpdateability();
        for (int i = 0; i < types.length; i++) {
            if (!updateable[i] || AttributeValues.holdsCollection(types[i])) {
                return false;
            }
        }
        return true;
    }
}
