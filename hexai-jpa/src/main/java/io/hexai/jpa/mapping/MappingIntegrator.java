package io.hexai.jpa.mapping;

import org.hibernate.boot.Metadata;
import org.hibernate.boot.spi.BootstrapContext;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.integrator.spi.Integrator;

/** Called by Hibernate for each factory: completes the mapping of the attributes of this package. Stateless. */
// Only Hibernate calls it, and has its own types at hand.
@SuppressWarnings("exports")
public final class MappingIntegrator implements Integrator {

    /** For the service loader. */
    public MappingIntegrator() {}

    @Override
    public void integrate(
            Metadata metadata, BootstrapContext bootstrapContext, SessionFactoryImplementor sessionFactory) {
        metadata.getEntityBindings().forEach(entity -> TimestampsGenerator.install(entity.getProperties()));
    }
}
