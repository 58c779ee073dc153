package io.hexai.jpa.mapping;

import static io.hexai.jpa.mapping.EncryptedBinder.refused;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.annotations.CacheLayout;
import org.hibernate.boot.Metadata;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.mapping.BasicValue;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.Component;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Property;
import org.hibernate.mapping.Value;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/** Finds the encrypted attributes of a mapping, refuses those that cannot be, and completes the others in a factory. */
final class EncryptedMapping {

    private final Map<EncryptionContext, Property> found = new HashMap<>();

    private EncryptedMapping() {}

    /** Returns whether there are any. */
    static boolean check(Metadata metadata) {
        EncryptedMapping mapping = new EncryptedMapping();
        metadata.getEntityBindings().forEach(mapping::check);
        metadata.getEntityBindings().stream()
                .filter(entity -> entity.getPropertyClosure().stream().anyMatch(EncryptedMapping::isDeterministic))
                .forEach(entity -> entity.setQueryCacheLayout(CacheLayout.SHALLOW_WITH_DISCRIMINATOR));
        return !mapping.found.isEmpty();
    }

    private void check(PersistentClass entity) {
        String name = entity.getEntityName();
        Property id = entity.getIdentifierProperty();
        if (id != null && entity.getRootClass() == entity) {
            refuseWithin(name, id, "is or belongs to the identifier");
        } else if (entity.getIdentifier() instanceof Component composite && entity.getRootClass() == entity) {
            composite.getProperties().forEach(part -> refuseWithin(name, part, "belongs to the identifier"));
        }
        entity.getProperties().forEach(attribute -> checkAttribute(name, entity, attribute));
    }

    private void checkAttribute(String entity, PersistentClass owner, Property attribute) {
        if (attribute == owner.getVersion()) {
            refuseWithin(entity, attribute, "is the version");
        } else if (attribute.isNaturalIdentifier()) {
            refuseWithin(entity, attribute, "belongs to the natural identifier");
        } else if (attribute.getValue() instanceof Component component) {
            checkWithin(entity, component);
        } else if (attribute.getValue() instanceof Collection collection) {
            refuseInCollection(entity, attribute, collection.getElement());
        } else {
            register(entity, attribute);
        }
    }

    private void checkWithin(String entity, Component component) {
        for (Property inner : component.getProperties()) {
            if (inner.getPropertyAccessStrategy() instanceof EncryptedAccess.Strategy) {
                throw refused(entity, inner.getName(), "belongs to an embeddable, where its row is not known");
            }
            if (inner.getValue() instanceof Component deeper) {
                checkWithin(entity, deeper);
            } else {
                register(entity, inner);
            }
        }
    }

    private static void refuseInCollection(String entity, Property attribute, Value element) {
        if (element instanceof Component component) {
            component
                    .getProperties()
                    .forEach(inner ->
                            refuseWithin(entity, inner, "belongs to the elements of '" + attribute.getName() + "'"));
        }
    }

    private static void refuseWithin(String entity, Property attribute, String why) {
        if (contextOf(attribute) != null) {
            throw refused(entity, attribute.getName(), why);
        }
        if (attribute.getValue() instanceof Component component) {
            component.getProperties().forEach(inner -> refuseWithin(entity, inner, why));
        }
    }

    private void register(String entity, Property attribute) {
        EncryptionContext context = contextOf(attribute);
        if (context != null) {
            if (hasTypeOfItsOwn(attribute)) {
                throw refused(entity, attribute.getName(), "has a type of its own, @Type or the like");
            }
            Property other = found.put(context, attribute);
            if (other != null && other != attribute) {
                throw refused(
                        entity,
                        attribute.getName(),
                        "is bound to the same table and column, " + context.table() + " and " + context.column()
                                + ", as another attribute; name different ones in the annotation");
            }
        }
    }

    private static @Nullable EncryptionContext contextOf(Property attribute) {
        return attribute.getValue() instanceof BasicValue value
                        && value.getExplicitJavaTypeAccess() instanceof EncryptedBinder.SealedTypes types
                ? types.context()
                : null;
    }

    private static boolean hasTypeOfItsOwn(Property attribute) {
        return !(((BasicValue) attribute.getValue()).resolve().getJdbcType() instanceof SealedJdbcType);
    }

    /** Of entities with such attributes, a query cache is to hold identifiers: it takes values as they are in memory. */
    private static boolean isDeterministic(Property attribute) {
        return attribute.getValue() instanceof Component component
                ? component.getProperties().stream().anyMatch(EncryptedMapping::isDeterministic)
                : attribute.getValue() instanceof BasicValue value
                        && value.getExplicitJavaTypeAccess() instanceof EncryptedBinder.SealedTypes types
                        && types.javaType() instanceof DeterministicJavaType;
    }

    /** Connects the attributes of a finished factory with their entities and keys. */
    static void complete(SessionFactoryImplementor factory, Encryption encryption) {
        factory.getMappingMetamodel().forEachEntityDescriptor(persister -> {
            List<EncryptedAttribute> attributes = new ArrayList<>();
            persister.forEachAttributeMapping(mapping -> {
                if (mapping.getPropertyAccess() instanceof EncryptedAccess access) {
                    attributes.add(complete(access, mapping.getAttributeName(), persister, encryption));
                }
            });
            if (!attributes.isEmpty()) {
                encryption.add(persister, attributes);
            }
        });
    }

    private static EncryptedAttribute complete(
            EncryptedAccess access, String name, EntityPersister persister, Encryption encryption) {
        String problem = persister.getBytecodeEnhancementMetadata().isEnhancedForLazyLoading()
                ? "belongs to a class that is enhanced for lazy loading, where Hibernate hands its own value to the"
                        + " field's reader; enhance the class without lazy initialization, or not at all"
                : RowIdentity.unsuitable(persister);
        if (problem != null) {
            throw refused(persister.getEntityName(), name, problem);
        }
        EncryptedAttribute attribute =
                new EncryptedAttribute(persister, name, access.context(), ValueCodec.of(access.type()), encryption);
        access.bind(attribute);
        return attribute;
    }
}
