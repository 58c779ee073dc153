package io.hexai.jpa.repository;

import io.hexai.jpa.transaction.NoActiveTransactionException;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityExistsException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityNotFoundException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.hibernate.Hibernate;
import org.hibernate.engine.spi.SessionFactoryImplementor;

/**
 * A collection-like repository of domain objects that know nothing of persistence. Extend this to say how a domain object is
 * made from an entity and copied back onto it; what changed is then found and written without any call to save.
 *
 * <p>Within a unit of work there is one domain object for each identity, whichever instance of the repository is asked, and
 * it is held until the unit of work ends. Before each flush (at commit, before queries, before a nested scope)
 * {@link #copyTo(Object, Object)} is called for every domain object that was found or added, and Hibernate writes the
 * entities that differ from their rows, with the check of their version. A read-only unit of work writes nothing.
 *
 * <p>When a nested scope rolls back, domain objects added in it are unknown again and removed ones are back, and those whose
 * state differs from their entity's are put back by {@link #restore(Object, Object)}. One that cannot be put back stops the
 * unit of work from committing: a change that was rolled back is never written.
 *
 * <p>A domain object is followed as long as its entity is managed: {@code EntityManager.clear()} lets go of both. Without a
 * unit of work every method fails, because nobody would find the changes. One domain class belongs to one repository class.
 * Thread-safe if the subclass is; the domain objects are confined to the thread of their unit of work.
 *
 * @param <D> the domain class
 * @param <E> the entity class
 * @param <ID> the entity's identifier, assigned by the domain
 */
public abstract class MappedRepository<D, E, ID> {

    private final UnitOfWork unitOfWork;
    private final Class<E> entityClass;

    /**
     * For subclasses.
     *
     * @param unitOfWork in whose current transaction the repository works
     * @param entityClass the mapped class
     * @throws IllegalArgumentException if the class is not an entity of the unit of work, or its identifiers are generated
     */
    protected MappedRepository(UnitOfWork unitOfWork, Class<E> entityClass) {
        this.unitOfWork = Objects.requireNonNull(unitOfWork, "unitOfWork");
        this.entityClass = Objects.requireNonNull(entityClass, "entityClass");
        requireAssignedIdentifiers();
        unitOfWork.onEveryNested(MappedObjects.SAVEPOINTS);
    }

    private void requireAssignedIdentifiers() {
        SessionFactoryImplementor factory = unitOfWork
                .with(TransactionOptions.defaults())
                .call(em -> em.getEntityManagerFactory().unwrap(SessionFactoryImplementor.class));
        var persister = factory.getMappingMetamodel().findEntityDescriptor(entityClass);
        if (persister == null) {
            throw new IllegalArgumentException(entityClass.getName()
                    + " is not an entity class of this persistence unit. List it where the factory is made.");
        }
        if (!persister.getGenerator().allowAssignedIdentifiers()) {
            throw new IllegalArgumentException(
                    "The identifiers of " + entityClass.getName()
                            + " are generated, but those of domain objects are assigned by the domain. Remove @GeneratedValue.");
        }
    }

    /**
     * Finds the domain object of an identity, which stays the same instance until the unit of work ends.
     *
     * @param id the identity
     * @return empty if there is none, or it was removed in this unit of work
     * @throws NoActiveTransactionException outside of a unit of work
     * @throws DomainObjectNotRestoredException if a nested scope rolled back and it could not be put back
     */
    public Optional<D> find(ID id) {
        MappedObjects objects = objects();
        TrackedObject<D, E> known = objects.known(this, objects.keyOf(entityClass, Objects.requireNonNull(id, "id")));
        if (known != null) {
            return known.isRemoved() ? Optional.empty() : Optional.of(known.domainObject());
        }
        E entity = entityManager().find(entityClass, id);
        return entity == null ? Optional.empty() : Optional.of(track(entity));
    }

    /**
     * Returns the domain object of an identity.
     *
     * @param id the identity
     * @return the one instance of this unit of work
     * @throws EntityNotFoundException if there is none, or it was removed in this unit of work
     * @throws NoActiveTransactionException outside of a unit of work
     * @throws DomainObjectNotRestoredException if a nested scope rolled back and it could not be put back
     */
    public D get(ID id) {
        return find(id).orElseThrow(() -> new EntityNotFoundException(
                getClass().getSimpleName() + " has no domain object with identity " + id + "."));
    }

    /**
     * Adds a domain object, which is inserted at the next flush, without a select. Does nothing if it was found or added
     * before. One that was removed in this unit of work, or takes the place of a removed one, becomes an update if the
     * removal is not flushed yet.
     *
     * @param domainObject it is followed from now on
     * @throws EntityExistsException if this unit of work knows another instance with this identity
     * @throws IdentityMismatchException if {@link #copyTo(Object, Object)} gives the entity another identifier
     * @throws NoActiveTransactionException outside of a unit of work
     */
    public void add(D domainObject) {
        MappedObjects objects = objects();
        ID id = identityOf(domainObject);
        TrackedObject<D, E> known = objects.known(this, objects.keyOf(entityClass, id));
        if (known == null) {
            insert(domainObject, objects);
        } else if (known.isRemoved()) {
            objects.replaceRemoved(known, domainObject, () -> insert(domainObject, objects));
        } else if (known.domainObject() != domainObject) {
            throw new EntityExistsException(getClass().getSimpleName() + " knows another domain object with identity "
                    + id + " in this unit of work. Change that one, which find returns, or remove it first.");
        }
    }

    private void insert(D domainObject, MappedObjects objects) {
        E entity = newEntity();
        copyTo(domainObject, entity);
        objects.persist(this, domainObject, entity);
    }

    /**
     * Removes a domain object, whose row is deleted at the next flush with the check of its version. From now on it is not
     * found any more and its changes are not written. One that was added in this unit of work leaves no row.
     *
     * @param domainObject found or added in this unit of work
     * @throws IllegalArgumentException if it was not
     * @throws NoActiveTransactionException outside of a unit of work
     */
    public void remove(D domainObject) {
        MappedObjects objects = objects();
        ID id = identityOf(domainObject);
        TrackedObject<D, E> known = objects.known(this, objects.keyOf(entityClass, id));
        if (known == null || known.domainObject() != domainObject) {
            throw new IllegalArgumentException("The domain object with identity " + id + " is not known to "
                    + getClass().getSimpleName() + " in this unit of work. Find it in this unit of work first.");
        }
        objects.remove(known);
    }

    /**
     * Makes the domain object of an entity. Called once for each entity and unit of work, and for {@link #restore}.
     *
     * @param entity managed
     * @return a new domain object with the entity's identifier as its identity
     */
    protected abstract D toDomain(E entity);

    /**
     * Copies the domain object's state, identity included, onto its entity. Called before each flush, also for objects that
     * did not change, so it must leave rows of children in place and assign collections only where they differ:
     * {@link #mergeChildren} and {@link #mergeValues} do. It should not run queries.
     *
     * @param domainObject the source, which it must not change
     * @param entity managed, or new
     */
    protected abstract void copyTo(D domainObject, E entity);

    /**
     * Creates the entity for a domain object that is added.
     *
     * @return empty; {@link #copyTo(Object, Object)} fills it
     */
    protected abstract E newEntity();

    /**
     * Returns a domain object's identity.
     *
     * @param domainObject of this repository
     * @return the identifier of its entity; it must never change
     */
    protected abstract ID identity(D domainObject);

    /**
     * Puts a domain object back to the state of its entity after a nested scope has rolled back. Called only for objects
     * that differ from their entity. By default the fields of a fresh {@link #toDomain(Object)} are copied into it by
     * reflection, collections in final fields being refilled, so objects inside it are new instances afterwards.
     *
     * <p>Override this if others keep references to objects inside it, if these refer back to it, or if its module does not
     * open its package to {@code io.hexai.jpa}. Whether it succeeded is checked.
     *
     * @param domainObject to be put back
     * @param entity its entity, as it was before the nested scope
     */
    protected void restore(D domainObject, E entity) {
        ObjectFields.copy(toDomain(entity), domainObject);
    }

    /**
     * Returns the domain object of an entity, for finders of your own. From now on its changes are written.
     *
     * @param entity managed, found with {@link #entityManager()}
     * @return the one instance of this unit of work, also if it was removed in it
     * @throws IllegalArgumentException if the entity is not managed
     * @throws DomainObjectNotRestoredException if a nested scope rolled back and it could not be put back
     */
    protected D track(E entity) {
        return track(entity, objects()).domainObject();
    }

    /**
     * Returns the domain objects of entities, for finders of your own. From now on their changes are written.
     *
     * @param entities managed, found with {@link #entityManager()}
     * @return in the same order, without those that were removed in this unit of work
     * @throws IllegalArgumentException if one is not managed
     * @throws DomainObjectNotRestoredException if a nested scope rolled back and one could not be put back
     */
    protected List<D> trackAll(Collection<? extends E> entities) {
        MappedObjects objects = objects();
        objects.expect(entities.size());
        List<D> domainObjects = new ArrayList<>(entities.size());
        for (E entity : entities) {
            TrackedObject<D, E> tracked = track(entity, objects);
            if (!tracked.isRemoved()) {
                domainObjects.add(tracked.domainObject());
            }
        }
        return Collections.unmodifiableList(domainObjects);
    }

    private TrackedObject<D, E> track(E entity, MappedObjects objects) {
        return objects.track(this, entityClass.cast(Hibernate.unproxy(entity)));
    }

    /**
     * Lets go of a domain object and detaches its entity: changes that were not flushed, and later ones, are not written,
     * nor are its events stored. One that was added and not flushed leaves no row. Does nothing if it is not known.
     *
     * @param domainObject found or added in this unit of work
     */
    protected void untrack(D domainObject) {
        MappedObjects objects = objects();
        objects.untrack(objects.keyOf(entityClass, identityOf(domainObject)), domainObject);
    }

    /**
     * Returns the entity manager of the current unit of work, for finders of your own.
     *
     * @return the entity manager
     * @throws NoActiveTransactionException outside of a unit of work
     */
    protected final EntityManager entityManager() {
        return unitOfWork.entityManager();
    }

    /**
     * Brings the entities behind child objects into line with these: updates those with the same key, adds new ones and
     * takes out what no child has any more, which {@code orphanRemoval} then deletes. A list gets the children's order.
     *
     * @param children of the domain object
     * @param childKey tells children of one parent apart
     * @param rows the entity's collection, changed in place
     * @param rowKey the same key, of a row
     * @param newRow creates the entity of a new child
     * @param copy copies a child onto its entity, key included
     * @param <C> the child
     * @param <R> the child's entity
     * @param <K> the key
     * @throws IllegalArgumentException if two children have the same key
     */
    protected static <C, R, K> void mergeChildren(
            Collection<? extends C> children,
            Function<? super C, ? extends K> childKey,
            Collection<R> rows,
            Function<? super R, ? extends K> rowKey,
            Supplier<? extends R> newRow,
            BiConsumer<? super C, ? super R> copy) {
        ChildRows.merge(children, childKey, rows, rowKey, newRow, copy);
    }

    /**
     * Replaces what an element collection of the entity holds, if it differs; lists are compared in order.
     *
     * @param values what it shall hold
     * @param stored the entity's collection, changed in place
     * @param <V> a value with equality by content
     */
    protected static <V> void mergeValues(Collection<? extends V> values, Collection<V> stored) {
        ChildRows.mergeValues(values, stored);
    }

    final ID identityOf(D domainObject) {
        return Objects.requireNonNull(
                identity(Objects.requireNonNull(domainObject, "domainObject")),
                () -> getClass().getSimpleName() + ".identity returned null; the domain assigns identities.");
    }

    final Class<E> entityClass() {
        return entityClass;
    }

    private MappedObjects objects() {
        return MappedObjects.of(unitOfWork.current());
    }
}
