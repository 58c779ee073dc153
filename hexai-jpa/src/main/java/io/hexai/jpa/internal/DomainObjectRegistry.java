package io.hexai.jpa.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.event.spi.EventType;

/**
 * Knows the domain objects that stand for entities of a session without being entities themselves: repositories put them
 * in, and the drain of raised events looks them up. Thread-safe.
 */
public interface DomainObjectRegistry {

    /**
     * Registers the domain objects of a session.
     *
     * @param session whose persistence context they belong to
     * @param domainObjects those of the moment, in the order in which they entered the session
     * @return forgets them; to be run when the session ends
     */
    Runnable register(SharedSessionContractImplementor session, Supplier<? extends Collection<Object>> domainObjects);

    /**
     * Registers domain objects with whichever of the factory's listeners wants to know them.
     *
     * @param session whose persistence context they belong to
     * @param domainObjects those of the moment, in the order in which they entered the session
     * @return forgets them; to be run when the session ends
     */
    static Runnable registerWithListeners(
            SharedSessionContractImplementor session, Supplier<? extends Collection<Object>> domainObjects) {
        SessionFactoryImplementor factory = session.getFactory();
        List<Runnable> registrations = new ArrayList<>(1);
        factory.getEventListenerRegistry()
                .getEventListenerGroup(EventType.POST_DELETE)
                .fireEventOnEachListener(registrations, (listener, registered) -> {
                    if (listener instanceof DomainObjectRegistry registry) {
                        registered.add(registry.register(session, domainObjects));
                    }
                });
        return () -> registrations.forEach(Runnable::run);
    }
}
