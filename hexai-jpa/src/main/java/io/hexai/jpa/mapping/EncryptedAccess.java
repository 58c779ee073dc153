package io.hexai.jpa.mapping;

import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.Objects;
import org.hibernate.bytecode.enhance.spi.LazyPropertyInitializer;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.RepresentationMode;
import org.hibernate.property.access.spi.Getter;
import org.hibernate.property.access.spi.PropertyAccess;
import org.hibernate.property.access.spi.PropertyAccessStrategy;
import org.hibernate.property.access.spi.PropertyAccessStrategyResolver;
import org.hibernate.property.access.spi.Setter;
import org.jspecify.annotations.Nullable;

/**
 * How Hibernate reads and writes an encrypted attribute: the field is plain, and Hibernate sees {@link EncryptedValue}s. This is the
 * one place between the two that knows the entity, and so the row. Thread-safe.
 */
final class EncryptedAccess implements PropertyAccess {

    private final Strategy strategy;
    private final PropertyAccess field;
    private final Reading getter = new Reading();
    private final Writing setter = new Writing();
    private volatile @Nullable EncryptedAttribute attribute;

    private EncryptedAccess(Strategy strategy, PropertyAccess field) {
        this.strategy = strategy;
        this.field = field;
    }

    /** Completes it, once the factory is built. */
    void bind(EncryptedAttribute newAttribute) {
        attribute = newAttribute;
    }

    EncryptionContext context() {
        return strategy.context();
    }

    Type type() {
        return field.getGetter().getReturnType();
    }

    private EncryptedAttribute attribute() {
        return Objects.requireNonNull(attribute, "used before the factory was built");
    }

    @Override
    public PropertyAccessStrategy getPropertyAccessStrategy() {
        return strategy;
    }

    @Override
    public Getter getGetter() {
        return getter;
    }

    @Override
    public Setter getSetter() {
        return setter;
    }

    private @Nullable Object carried(@Nullable Object value) {
        return value == null || value == LazyPropertyInitializer.UNFETCHED_PROPERTY
                ? value
                : attribute().carry(value);
    }

    /** Accesses an attribute that is annotated, for all the entity classes that have it. */
    record Strategy(EncryptionContext context, @Nullable String accessor, PropertyAccessStrategyResolver resolver)
            implements PropertyAccessStrategy {

        @Override
        @SuppressWarnings("NullAway") // Hibernate takes null for the default accessor
        public PropertyAccess buildPropertyAccess(Class<?> container, String name, boolean setterRequired) {
            PropertyAccessStrategy ofField =
                    resolver.resolvePropertyAccessStrategy(container, accessor, RepresentationMode.POJO);
            return new EncryptedAccess(this, ofField.buildPropertyAccess(container, name, setterRequired));
        }
    }

    // Hibernate serializes neither.
    @SuppressWarnings("serial")
    private final class Reading implements Getter {

        @Override
        public @Nullable Object get(Object owner) {
            return carried(field.getGetter().get(owner));
        }

        @Override
        public @Nullable Object getForInsert(
                Object owner, Map<Object, Object> mergeMap, SharedSessionContractImplementor session) {
            return carried(field.getGetter().getForInsert(owner, mergeMap, session));
        }

        @Override
        public Class<?> getReturnTypeClass() {
            return EncryptedValue.class;
        }

        @Override
        public Type getReturnType() {
            return EncryptedValue.class;
        }

        @Override
        public @Nullable Member getMember() {
            return field.getGetter().getMember();
        }

        @Override
        public @Nullable String getMethodName() {
            return field.getGetter().getMethodName();
        }

        @Override
        public @Nullable Method getMethod() {
            return field.getGetter().getMethod();
        }
    }

    @SuppressWarnings("serial")
    private final class Writing implements Setter {

        @Override
        public void set(Object target, @Nullable Object value) {
            Setter plain = Objects.requireNonNull(field.getSetter(), "setter");
            plain.set(
                    target,
                    value instanceof EncryptedValue carrier ? attribute().open(carrier, target) : value);
        }

        @Override
        public @Nullable String getMethodName() {
            return Objects.requireNonNull(field.getSetter(), "setter").getMethodName();
        }

        @Override
        public @Nullable Method getMethod() {
            return Objects.requireNonNull(field.getSetter(), "setter").getMethod();
        }
    }
}
