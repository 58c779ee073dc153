package io.hexai.jpa.mapping;

import java.util.function.Function;
import org.hibernate.AnnotationException;
import org.hibernate.binder.AttributeBinder;
import org.hibernate.boot.spi.MetadataBuildingContext;
import org.hibernate.mapping.BasicValue;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Property;
import org.hibernate.property.access.spi.PropertyAccessStrategyResolver;
import org.hibernate.type.descriptor.java.BasicJavaType;
import org.hibernate.type.spi.TypeConfiguration;
import org.jspecify.annotations.Nullable;

/** Called by Hibernate for each {@link Encrypted} attribute: puts the encryption in between. Stateless. */
// Only Hibernate calls it, and has its own types at hand.
@SuppressWarnings("exports")
public final class EncryptedBinder implements AttributeBinder<Encrypted> {

    /** For Hibernate. */
    public EncryptedBinder() {}

    @Override
    public void bind(
            Encrypted annotation, MetadataBuildingContext context, PersistentClass entity, Property attribute) {
        if (!(attribute.getValue() instanceof BasicValue value)) {
            throw refused(nameOf(entity, attribute), attribute.getName(), "is an association or a collection");
        }
        if (value.getJpaAttributeConverterDescriptor() != null) {
            throw refused(
                    nameOf(entity, attribute),
                    attribute.getName(),
                    "has a converter; where that is applied automatically, add @Convert(disableConversion = true)");
        }
        EncryptionContext where = new EncryptionContext(
                orElse(annotation.table(), value.getTable().getName()),
                orElse(annotation.column(), value.getColumn().getText()));
        BasicJavaType<?> javaType;
        if (annotation.deterministic()) {
            javaType = deterministic(nameOf(entity, attribute), attribute, where);
        } else {
            javaType = new EncryptedValueJavaType(nameOf(entity, attribute), attribute.getName(), where);
            attribute.setPropertyAccessStrategy(new EncryptedAccess.Strategy(
                    where,
                    attribute.getPropertyAccessorName(),
                    context.getBootstrapContext()
                            .getServiceRegistry()
                            .requireService(PropertyAccessStrategyResolver.class)));
        }
        SealedTypes types = new SealedTypes(where, javaType);
        value.setExplicitJavaTypeAccess(types);
        value.setExplicitJdbcTypeAccess(configuration -> javaType.getRecommendedJdbcType(value));
    }

    /** Gives an attribute its type, and tells {@link EncryptedMapping} that it has one, whatever else is declared for it. */
    record SealedTypes(EncryptionContext context, BasicJavaType<?> javaType)
            implements Function<TypeConfiguration, BasicJavaType<?>> {

        @Override
        public BasicJavaType<?> apply(TypeConfiguration configuration) {
            return javaType;
        }
    }

    private static BasicJavaType<?> deterministic(String entity, Property attribute, EncryptionContext where) {
        String type = attribute.getReturnedClassName();
        if (String.class.getName().equals(type)) {
            return new DeterministicJavaType<>(String.class, entity, attribute.getName(), where);
        }
        if (byte[].class.getName().equals(type)
                || byte[].class.getCanonicalName().equals(type)) {
            return new DeterministicJavaType<>(byte[].class, entity, attribute.getName(), where);
        }
        throw refused(
                entity,
                attribute.getName(),
                "is a " + type + ", and only texts and byte arrays can be encrypted deterministically");
    }

    /** There is no entity around the embeddable elements of a collection, whatever Hibernate's signature says. */
    private static String nameOf(@Nullable PersistentClass entity, Property attribute) {
        return entity == null ? attribute.getValue().getTable().getName() : entity.getEntityName();
    }

    private static String orElse(String given, String mapped) {
        return given.isEmpty() ? mapped : given;
    }

    static AnnotationException refused(String entity, String attribute, String why) {
        return new AnnotationException("The attribute '" + attribute + "' of " + entity + " cannot be encrypted: it "
                + why + ". See the javadoc of " + Encrypted.class.getName());
    }
}
