package io.hexai.jpa.mapping;

import jakarta.persistence.EntityManagerFactory;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.BasicValuedModelPart;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.restriction.Restriction;
import org.jspecify.annotations.Nullable;

/**
 * The encryption of one factory's {@link Encrypted} attributes: gives it keys, and helps where a query meets them.
 * Thread-safe.
 */
public final class Encryption {

    private final SessionFactoryImplementor factory;
    private final Map<String, List<EncryptedAttribute>> attributes = new ConcurrentHashMap<>();
    private volatile @Nullable EncryptionKeys keys;

    Encryption(SessionFactoryImplementor factory, @Nullable EncryptionKeys keys) {
        this.factory = factory;
        this.keys = keys;
    }

    /**
     * Gives a factory its keys, or new ones in place of those it has. It works on from the next value that is read or written.
     *
     * @param factory made by anybody
     * @param keys what to encrypt and decrypt with
     * @throws IllegalStateException if the factory maps no encrypted attribute
     */
    public static void install(EntityManagerFactory factory, EncryptionKeys keys) {
        of(factory).keys = Objects.requireNonNull(keys, "keys");
    }

    /**
     * Returns the encryption of a factory.
     *
     * @param factory made by anybody
     * @return always the same
     * @throws IllegalStateException if the factory maps no encrypted attribute
     */
    public static Encryption of(EntityManagerFactory factory) {
        Encryption encryption = EncryptedWrites.encryptionOf(factory.unwrap(SessionFactoryImplementor.class));
        if (encryption == null) {
            throw new IllegalStateException(
                    "The factory maps no attribute that is @Encrypted, or does not load integrators"
                            + " from the class path of the library; then list " + MappingIntegrator.class.getName());
        }
        return encryption;
    }

    /**
     * Decrypts what a query selected by itself, as in {@code select p.id, p.diagnosis from Patient p}.
     *
     * @param entity the entity
     * @param attribute its encrypted attribute
     * @param id the row from which the value comes
     * @param value what the query gave
     * @return the attribute's value
     * @throws EncryptedAttributeException if it does not decrypt, for instance because it comes from another row
     */
    public Object open(Class<?> entity, String attribute, Object id, EncryptedValue value) {
        EntityPersister persister = persister(entity);
        return attributesOf(persister).stream()
                .filter(candidate -> candidate.name().equals(attribute))
                .findFirst()
                .orElseThrow(() -> notEncrypted(entity, attribute, "encrypted with its row"))
                .openRow(value, id);
    }

    /**
     * Restricts a query to the rows whose deterministic attribute has a value, whichever key it is encrypted under. While a
     * rotation is under way, {@code where p.email = :email} finds only the rows under the primary key; otherwise it is as good.
     *
     * @param entity the entity
     * @param attribute its attribute, with dots if it lies in an embeddable
     * @param value what to search for
     * @param <T> the type of the entity
     * @return for {@code SelectionSpecification}, and all else that takes restrictions
     */
    @SuppressWarnings("exports") // Hibernate's type, for those who query with Hibernate
    public <T> Restriction<T> equalTo(Class<T> entity, String attribute, Object value) {
        if (persister(entity).findByPath(attribute) instanceof BasicValuedModelPart part
                && part.getJdbcMapping().getMappedJavaType() instanceof DeterministicJavaType<?> type) {
            return new EqualUnderAnyKey<>(attribute, type.encryptUnderEachKey(value, factory), false);
        }
        throw notEncrypted(entity, attribute, "encrypted deterministically");
    }

    private static IllegalArgumentException notEncrypted(Class<?> entity, String attribute, String how) {
        return new IllegalArgumentException(entity.getName() + " has no attribute '" + attribute + "' that is " + how);
    }

    private EntityPersister persister(Class<?> entity) {
        return factory.getMappingMetamodel().getEntityDescriptor(entity);
    }

    void add(EntityPersister persister, List<EncryptedAttribute> ofEntity) {
        attributes.put(persister.getEntityName(), List.copyOf(ofEntity));
    }

    List<EncryptedAttribute> attributesOf(EntityPersister persister) {
        return attributes.getOrDefault(persister.getEntityName(), List.of());
    }

    EncryptionKeys keysFor(String entityName, String attribute) {
        EncryptionKeys present = keys;
        if (present == null) {
            throw new MissingEncryptionKeysException(entityName, attribute, "keys");
        }
        return present;
    }

    SearchKeys searchKeysFor(String entityName, String attribute) {
        SearchKeys present = keysFor(entityName, attribute).searchKeys();
        if (present == null) {
            throw new MissingEncryptionKeysException(entityName, attribute, "search keys");
        }
        return present;
    }
}
