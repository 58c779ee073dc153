package io.hexai.jpa.mapping;

import org.hibernate.SessionFactory;
import org.hibernate.SessionFactoryObserver;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.spi.BootstrapContext;
import org.hibernate.engine.config.spi.ConfigurationService;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.integrator.spi.Integrator;
import org.jspecify.annotations.Nullable;

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
        if (EncryptedMapping.check(metadata)) {
            Object keys = bootstrapContext
                    .getServiceRegistry()
                    .requireService(ConfigurationService.class)
                    .getSettings()
                    .get(EncryptionKeys.SETTING);
            encrypt(sessionFactory, keys);
        }
    }

    private static void encrypt(SessionFactoryImplementor factory, @Nullable Object setting) {
        Encryption encryption = new Encryption(factory, keys(setting));
        EncryptedWrites.install(factory, encryption);
        factory.addObserver(new SessionFactoryObserver() {
            @Override
            public void sessionFactoryCreated(SessionFactory created) {
                EncryptedMapping.complete(factory, encryption);
            }
        });
    }

    private static @Nullable EncryptionKeys keys(@Nullable Object setting) {
        if (setting == null || setting instanceof EncryptionKeys) {
            return (EncryptionKeys) setting;
        }
        if (setting instanceof String prefix) {
            return EncryptionKeys.fromEnv(prefix);
        }
        throw new IllegalArgumentException("The property " + EncryptionKeys.SETTING
                + " should hold EncryptionKeys, or the prefix of the variables" + " to read them from, but holds a "
                + setting.getClass().getName());
    }
}
