package io.hexai.jpa.event;

import java.util.function.Consumer;
import org.hibernate.engine.spi.ManagedEntity;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.internal.EmptyInterceptor;
import org.jspecify.annotations.Nullable;

/** Finds the entities of a session that may have raised events. Thread-safe. */
final class ManagedAggregates {

    /** Known only when the factory is finished, and the same each time it is asked. */
    private volatile @Nullable Boolean anyMapped;

    /** Visits managed entities, and removed ones that are not flushed, in the order in which they entered the session. */
    void forEach(SharedSessionContractImplementor session, Consumer<RaisesEvents> action) {
        if (!mayHold(session)) {
            return;
        }
        for (ManagedEntity managed : session.getPersistenceContextInternal().reentrantSafeManagedEntities()) {
            if (managed.$$_hibernate_getEntityInstance() instanceof RaisesEvents source) {
                action.accept(source);
            }
        }
    }

    /** An interceptor may make entities of classes that are not mapped themselves. */
    private boolean mayHold(SharedSessionContractImplementor session) {
        return isAnyMapped(session.getFactory()) || session.getInterceptor() != EmptyInterceptor.INSTANCE;
    }

    private boolean isAnyMapped(SessionFactoryImplementor factory) {
        Boolean known = anyMapped;
        if (known == null) {
            boolean[] found = {false};
            factory.getMappingMetamodel()
                    .forEachEntityDescriptor(
                            entity -> found[0] |= RaisesEvents.class.isAssignableFrom(entity.getMappedClass()));
            known = found[0];
            anyMapped = known;
        }
        return known;
    }
}
