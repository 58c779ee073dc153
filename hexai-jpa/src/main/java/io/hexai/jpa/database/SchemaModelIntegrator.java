package io.hexai.jpa.database;

import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.hibernate.SessionFactory;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.spi.BootstrapContext;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.integrator.spi.Integrator;
import org.hibernate.integrator.spi.IntegratorService;
import org.hibernate.service.spi.SessionFactoryServiceRegistry;

/**
 * Called by Hibernate for each factory: keeps the factory's tables for {@link SchemaCheck}. The factory keeps them as well, for its
 * own schema tools, but out of reach.
 */
// Only Hibernate calls it, and has its own types at hand.
@SuppressWarnings("exports")
public final class SchemaModelIntegrator implements Integrator {

    private final Map<SessionFactory, Metadata> models = Collections.synchronizedMap(new WeakHashMap<>());

    /** For the service loader. */
    public SchemaModelIntegrator() {}

    @Override
    public void integrate(
            Metadata metadata, BootstrapContext bootstrapContext, SessionFactoryImplementor sessionFactory) {
        models.put(sessionFactory, metadata);
    }

    @Override
    public void disintegrate(SessionFactoryImplementor sessionFactory, SessionFactoryServiceRegistry serviceRegistry) {
        models.remove(sessionFactory);
    }

    static Metadata modelOf(SessionFactoryImplementor factory) {
        for (Integrator integrator : factory.getServiceRegistry()
                .requireService(IntegratorService.class)
                .getIntegrators()) {
            if (integrator instanceof SchemaModelIntegrator own) {
                Metadata model = own.models.get(factory);
                if (model != null) {
                    return model;
                }
            }
        }
        throw new IllegalStateException("The tables of this factory are not known: Hibernate did not find the library's"
                + " integrators by its service loader when it made the factory, or the factory is closed");
    }
}
