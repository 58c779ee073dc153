package io.hexai.jpa.mapping;

import java.util.ArrayList;
import java.util.List;
import org.hibernate.bytecode.enhance.spi.LazyPropertyInitializer;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.PreInsertEvent;
import org.hibernate.event.spi.PreInsertEventListener;
import org.hibernate.event.spi.PreUpdateEvent;
import org.hibernate.event.spi.PreUpdateEventListener;
import org.hibernate.event.spi.PreUpsertEvent;
import org.hibernate.event.spi.PreUpsertEventListener;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts what is about to be written, when the row is known. Listens only in factories with encrypted attributes, and is
 * where these keep their {@link Encryption}.
 */
final class EncryptedWrites implements PreInsertEventListener, PreUpdateEventListener, PreUpsertEventListener {

    private static final long serialVersionUID = 1L;

    private final transient Encryption encryption;

    EncryptedWrites(Encryption encryption) {
        this.encryption = encryption;
    }

    static void install(SessionFactoryImplementor factory, Encryption encryption) {
        EncryptedWrites writes = new EncryptedWrites(encryption);
        var registry = factory.getEventListenerRegistry();
        registry.appendListeners(EventType.PRE_INSERT, writes);
        registry.appendListeners(EventType.PRE_UPDATE, writes);
        registry.appendListeners(EventType.PRE_UPSERT, writes);
    }

    static @Nullable Encryption encryptionOf(SessionFactoryImplementor factory) {
        List<Encryption> found = new ArrayList<>(1);
        factory.getEventListenerRegistry()
                .getEventListenerGroup(EventType.PRE_UPSERT)
                .fireEventOnEachListener(found, (listener, into) -> {
                    if (listener instanceof EncryptedWrites writes) {
                        into.add(writes.encryption);
                    }
                });
        return found.isEmpty() ? null : found.get(0);
    }

    @Override
    public boolean onPreInsert(PreInsertEvent event) {
        seal(event.getPersister(), event.getState(), null, event.getId());
        return false;
    }

    @Override
    public boolean onPreUpdate(PreUpdateEvent event) {
        seal(event.getPersister(), event.getState(), event.getOldState(), event.getId());
        return false;
    }

    @Override
    public boolean onPreUpsert(PreUpsertEvent event) {
        seal(event.getPersister(), event.getState(), null, event.getId());
        return false;
    }

    private void seal(EntityPersister persister, Object[] state, Object @Nullable [] loaded, Object id) {
        for (EncryptedAttribute attribute : encryption.attributesOf(persister)) {
            int i = persister.getPropertyIndex(attribute.name());
            if (state[i] != null && state[i] != LazyPropertyInitializer.UNFETCHED_PROPERTY) {
                state[i] = attribute.seal(state[i], loaded == null ? null : loaded[i], id);
            }
        }
    }
}
