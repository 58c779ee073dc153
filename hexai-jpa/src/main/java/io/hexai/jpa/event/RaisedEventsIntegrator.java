package io.hexai.jpa.event;

import org.hibernate.boot.Metadata;
import org.hibernate.boot.spi.BootstrapContext;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.integrator.spi.Integrator;

/** Called by Hibernate for each factory: watches over events that entities raise, so that none vanishes. Stateless. */
// Only Hibernate calls it, and has its own types at hand.
@SuppressWarnings("exports")
public final class RaisedEventsIntegrator implements Integrator {

    /** For the service loader. */
    public RaisedEventsIntegrator() {}

    @Override
    public void integrate(
            Metadata metadata, BootstrapContext bootstrapContext, SessionFactoryImplementor sessionFactory) {
        RaisedEventsListener.install(sessionFactory);
    }
}
