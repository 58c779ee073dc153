package io.hexai.jpa.repository;

import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityExistsException;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.Objects;
import org.hibernate.query.restriction.Restriction;

/**
 * The entities of one class, in the current unit of work. What is fetched may be changed, and the commit writes what was
 * changed: there is no {@code save}.
 *
 * <p>Extend this to add finders of one's own, which use {@link #entityManager()}; or take {@link #of(UnitOfWork, Class, Class)}
 * where there are none. Thread-safe; make one and share it.
 *
 * <p>Outside a unit of work, {@link #count}, {@link #exists} and the methods of {@link #readOnly()} run in a read-only unit of
 * their own, and what they return is detached. All others throw
 * {@link io.hexai.jpa.transaction.NoActiveTransactionException}, since a change to what they return would be lost.
 *
 * @param <T> the entity class
 * @param <ID> its identifier
 */
// The arrays of restrictions are only read.
@SuppressWarnings("varargs")
public abstract non-sealed class EntityRepository<T, ID> extends EntityReader<T, ID> {

    /**
     * Property of an entity manager factory. If {@code true}, a flush that finds a change in an entity that was fetched
     * {@link #readOnly()} fails with {@link ImmutableEntityModifiedException}, where otherwise the change is silently not
     * written. It costs what read-only saves, the snapshot and the comparison: a switch for development and tests.
     */
    public static final String VALIDATE_IMMUTABILITY = "hexai.jpa.validate_immutability";

    private final UnitOfWork unitOfWork;

    /**
     * Creates the repository. It reads nothing yet.
     *
     * @param unitOfWork in whose current transaction the repository works
     * @param entityClass the entity class
     */
    protected EntityRepository(UnitOfWork unitOfWork, Class<T> entityClass) {
        super(new EntityFetch<>(unitOfWork, entityClass, FetchMode.CHANGE));
        this.unitOfWork = unitOfWork;
    }

    /**
     * Creates a repository without finders of its own.
     *
     * @param unitOfWork in whose current transaction the repository works
     * @param entityClass the entity class
     * @param idClass the class of its identifier, for the compiler only
     * @param <T> the entity class
     * @param <ID> its identifier
     * @return the repository
     */
    public static <T, ID> EntityRepository<T, ID> of(UnitOfWork unitOfWork, Class<T> entityClass, Class<ID> idClass) {
        Objects.requireNonNull(idClass, "idClass");
        return new PlainRepository<>(unitOfWork, entityClass);
    }

    /**
     * Returns the entity manager of the current unit of work, for finders.
     *
     * @return the entity manager
     * @throws io.hexai.jpa.transaction.NoActiveTransactionException if there is no unit of work
     */
    protected final EntityManager entityManager() {
        return unitOfWork.entityManager();
    }

    /**
     * Returns a view that locks the rows it fetches until the transaction ends, and waits for those that are locked.
     *
     * @return the view, cheap to make
     */
    public final EntityReader<T, ID> forUpdate() {
        return forUpdate(LockWait.WAIT);
    }

    /**
     * Returns a view that locks the rows it fetches until the transaction ends.
     *
     * <p>An entity that was fetched before without a lock is compared with its row: if the row has a newer version, the
     * fetch fails with an {@code OptimisticLockException}. An entity without a version is read anew, or refused with an
     * {@link IllegalStateException} if it was changed in memory already, since that change may rest on old values.
     *
     * @param wait what to do about rows that are locked
     * @return the view, cheap to make
     */
    public final EntityReader<T, ID> forUpdate(LockWait wait) {
        return new EntityView<>(fetch.with(FetchMode.locking(wait)));
    }

    /**
     * Returns a view whose entities Hibernate keeps no snapshot of and does not compare at the flush: a change to one of their
     * attributes is not written, or fails the flush if {@link #VALIDATE_IMMUTABILITY} is on. Hibernate goes on to write
     * changes of their collections, unless the switch is on.
     *
     * <p>An entity that was fetched for change before stays as it is, and one that is fetched for change later, by any method
     * but those of this view, may be changed from then on; it is read anew for that, unless the switch is on. What is reached
     * from a read-only entity and loaded lazily is not read-only.
     *
     * @return the view, cheap to make
     */
    public final EntityReader<T, ID> readOnly() {
        return new EntityView<>(fetch.with(FetchMode.READ));
    }

    /**
     * Returns how many entities meet all restrictions.
     *
     * @param restrictions no restriction means every entity
     * @return the number
     */
    @SafeVarargs
    public final long count(Restriction<? super T>... restrictions) {
        return fetch.count(selection(List.of(restrictions)));
    }

    /**
     * Tells whether there is an entity with an identifier, without loading it.
     *
     * @param id the identifier
     * @return false also for one that was removed in this unit of work
     */
    public final boolean exists(ID id) {
        return fetch.exists(Objects.requireNonNull(id, "id"));
    }

    /**
     * Adds a new entity: persists it, never merges, and asks the database nothing but, where it is to be generated, the
     * identifier. Adding it again does nothing.
     *
     * <p>A row with the same identifier that this unit of work has not seen makes the insert fail, at the next flush, with
     * Hibernate's {@code ConstraintViolationException}.
     *
     * @param entity a new instance
     * @throws EntityExistsException if its version or generated identifier tells that the instance was loaded elsewhere, or
     *     another one with its identifier is in this unit of work; the unit of work may go on
     */
    public final void add(T entity) {
        fetch.requireNew(entity);
        entityManager().persist(entity);
    }

    /**
     * Removes an entity. One that was added and not flushed is inserted and then deleted; to forget it instead, call
     * {@link io.hexai.jpa.transaction.PendingChanges#revert(Object)}.
     *
     * @param entity one that was fetched or added in this unit of work
     * @throws IllegalArgumentException if it was not
     */
    public final void remove(T entity) {
        fetch.requireManaged(entity);
        entityManager().remove(entity);
    }

    private static final class PlainRepository<T, ID> extends EntityRepository<T, ID> {
        PlainRepository(UnitOfWork unitOfWork, Class<T> entityClass) {
            super(unitOfWork, entityClass);
        }
    }
}
