package io.hexai.jpa.mapping;

import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import org.hibernate.engine.config.spi.ConfigurationService;
import org.hibernate.engine.config.spi.StandardConverters;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.generator.BeforeExecutionGenerator;
import org.hibernate.generator.EventType;
import org.hibernate.generator.EventTypeSets;
import org.hibernate.generator.GeneratorCreationContext;
import org.hibernate.mapping.Component;
import org.hibernate.mapping.Property;
import org.jspecify.annotations.Nullable;

/**
 * Makes both times of an entity at once, as a new value, so that one that was captured before stays what it is. Generators on
 * the single attributes would have Hibernate change the embeddable in place.
 */
final class TimestampsGenerator implements BeforeExecutionGenerator {

    private static final long serialVersionUID = 1L;

    private final @Nullable String attributeOfEntity;
    private final transient Clock clock;
    private final boolean managedByDefault;

    private TimestampsGenerator(GeneratorCreationContext context, boolean ofEntity) {
        ConfigurationService settings = context.getServiceRegistry().requireService(ConfigurationService.class);
        this.attributeOfEntity = ofEntity ? context.getProperty().getName() : null;
        this.clock = settings.getSetting(Timestamps.CLOCK, Clock.class::cast, Clock.systemUTC());
        this.managedByDefault = settings.getSetting(Timestamps.MANAGED, StandardConverters.BOOLEAN, true);
    }

    /** Generates the values of those attributes, and of those within embedded ones, that are {@link Timestamps}. */
    static void install(List<Property> attributesOfEntity) {
        attributesOfEntity.forEach(attribute -> install(attribute, true));
    }

    private static void install(Property attribute, boolean ofEntity) {
        if (attribute.getValue() instanceof Component component) {
            if (component.getComponentClass() == Timestamps.class) {
                attribute.setValueGeneratorCreator(context -> new TimestampsGenerator(context, ofEntity));
            } else {
                component.getProperties().forEach(inner -> install(inner, false));
            }
        }
    }

    @Override
    public Timestamps generate(
            SharedSessionContractImplementor session, Object owner, @Nullable Object current, EventType event) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        return event == EventType.INSERT
                ? new Timestamps(now, now)
                : new Timestamps(createdAt(session, owner, current), now);
    }

    /** What was loaded, which the application cannot have replaced, where Hibernate knows it. */
    private @Nullable Instant createdAt(
            SharedSessionContractImplementor session, Object owner, @Nullable Object current) {
        return (loaded(session, owner) instanceof Timestamps loaded ? loaded : current) instanceof Timestamps known
                ? known.createdAt()
                : null;
    }

    private @Nullable Object loaded(SharedSessionContractImplementor session, Object owner) {
        if (attributeOfEntity == null) {
            return null;
        }
        EntityEntry entry = session.getPersistenceContextInternal().getEntry(owner);
        return entry == null || entry.getLoadedState() == null ? null : entry.getLoadedValue(attributeOfEntity);
    }

    @Override
    public boolean generatedBeforeExecution(Object entity, SharedSessionContractImplementor session) {
        Object ofSession = session instanceof EntityManager entityManager
                ? entityManager.getProperties().get(Timestamps.MANAGED)
                : null;
        return ofSession == null ? managedByDefault : Boolean.parseBoolean(ofSession.toString());
    }

    @Override
    public EnumSet<EventType> getEventTypes() {
        return EventTypeSets.INSERT_AND_UPDATE;
    }

    @Override
    public Class<?> getGeneratedType() {
        return Timestamps.class;
    }

    @Override
    public boolean allowMutation() {
        return true;
    }
}
