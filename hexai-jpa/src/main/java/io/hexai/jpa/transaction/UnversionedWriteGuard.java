package io.hexai.jpa.transaction;

import io.hexai.jpa.internal.OncePerFactory;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.PreDeleteEvent;
import org.hibernate.event.spi.PreDeleteEventListener;
import org.hibernate.event.spi.PreUpdateEvent;
import org.hibernate.event.spi.PreUpdateEventListener;
import org.hibernate.persister.entity.EntityPersister;

/** Refuses updates and deletions of entities without a version in sessions that asked for it. */
final class UnversionedWriteGuard implements PreUpdateEventListener, PreDeleteEventListener {

    private static final long serialVersionUID = 1L;

    private final transient ThreadLocal<Set<SharedSessionContractImplementor>> guarded =
            ThreadLocal.withInitial(() -> Collections.newSetFromMap(new IdentityHashMap<>()));

    private UnversionedWriteGuard() {}

    static UnversionedWriteGuard of(SessionFactoryImplementor factory) {
        return OncePerFactory.listener(factory, EventType.PRE_UPDATE, UnversionedWriteGuard.class, () -> {
            UnversionedWriteGuard guard = new UnversionedWriteGuard();
            factory.getEventListenerRegistry()
                    .getEventListenerGroup(EventType.PRE_DELETE)
                    .appendListener(guard);
            return guard;
        });
    }

    void open(SharedSessionContractImplementor session) {
        guarded.get().add(session);
    }

    void close(SharedSessionContractImplementor session) {
        guarded.get().remove(session);
        if (guarded.get().isEmpty()) {
            guarded.remove();
        }
    }

    @Override
    public boolean onPreUpdate(PreUpdateEvent event) {
        requireVersion(event.getSession(), event.getPersister());
        return false;
    }

    @Override
    public boolean onPreDelete(PreDeleteEvent event) {
        requireVersion(event.getSession(), event.getPersister());
        return false;
    }

    private void requireVersion(SharedSessionContractImplementor session, EntityPersister persister) {
        if (!persister.isVersioned() && guarded.get().contains(session)) {
            throw new UnversionedWriteException(persister.getImportedName());
        }
    }
}
