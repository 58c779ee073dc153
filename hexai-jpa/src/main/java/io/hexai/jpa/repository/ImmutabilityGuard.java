package io.hexai.jpa.repository;

import io.hexai.jpa.internal.OncePerFactory;
import io.hexai.jpa.transaction.PendingChanges;
import java.util.function.Supplier;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.PersistenceContext;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.Status;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.FlushEntityEvent;
import org.hibernate.event.spi.FlushEntityEventListener;
import org.hibernate.event.spi.PostLoadEvent;
import org.hibernate.event.spi.PostLoadEventListener;
import org.jspecify.annotations.Nullable;

/**
 * Holds users to what they fetched read-only: such entities stay under Hibernate's dirty check, and a flush that finds one
 * changed fails. One guard serves all repositories of a factory.
 */
final class ImmutabilityGuard implements PostLoadEventListener, FlushEntityEventListener {

    private static final long serialVersionUID = 1L;

    private final transient ThreadLocal<@Nullable PendingChanges> reading = new ThreadLocal<>();

    private ImmutabilityGuard() {}

    static ImmutabilityGuard of(SessionFactoryImplementor factory) {
        return OncePerFactory.listener(factory, EventType.POST_LOAD, ImmutabilityGuard.class, () -> {
            ImmutabilityGuard guard = new ImmutabilityGuard();
            // Before Hibernate's own listener, which would run the entity's callbacks and queue the update.
            factory.getEventListenerRegistry()
                    .getEventListenerGroup(EventType.FLUSH_ENTITY)
                    .prependListener(guard);
            return guard;
        });
    }

    /** Marks what is loaded meanwhile; what was loaded before stays as it is. */
    <R extends @Nullable Object> R whileReading(PendingChanges changes, Supplier<R> fetch) {
        PendingChanges around = reading.get();
        reading.set(changes);
        try {
            return fetch.get();
        } finally {
            if (around == null) {
                reading.remove();
            } else {
                reading.set(around);
            }
        }
    }

    @Override
    public void onPostLoad(PostLoadEvent event) {
        PendingChanges changes = reading.get();
        if (changes != null) {
            PersistenceContext context = event.getSession().getPersistenceContextInternal();
            EntityEntry entry = context.getEntry(event.getEntity());
            if (entry.getStatus() == Status.MANAGED && entry.getExtraState(ReadOnlyMark.class) == null) {
                entry.addExtraState(new ReadOnlyMark(changes));
            }
        }
    }

    @Override
    public void onFlushEntity(FlushEntityEvent event) {
        ReadOnlyMark mark = ReadOnlyMark.on(event.getEntityEntry());
        if (mark != null) {
            mark.requireUntouched(event.getEntity(), event.getEntityEntry());
        }
    }
}
