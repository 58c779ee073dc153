package io.hexai.jpa.event;

import java.util.Map;
import java.util.function.Consumer;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.SharedSessionContractImplementor;

/** Finds the entities of a session that may have raised events. */
final class ManagedAggregates {

    private ManagedAggregates() {}

    /** Visits managed entities, and removed ones that are not flushed, in the order in which they entered the session. */
    static void forEach(SharedSessionContractImplementor session, Consumer<RaisesEvents> action) {
        for (Map.Entry<Object, EntityEntry> entry :
                session.getPersistenceContextInternal().reentrantSafeEntityEntries()) {
            if (entry.getKey() instanceof RaisesEvents source) {
                action.accept(source);
            }
        }
    }
}
