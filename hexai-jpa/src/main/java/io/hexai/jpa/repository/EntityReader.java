package io.hexai.jpa.repository;

import jakarta.persistence.EntityNotFoundException;
import jakarta.persistence.criteria.CriteriaQuery;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.hibernate.query.KeyedPage;
import org.hibernate.query.KeyedResultList;
import org.hibernate.query.Order;
import org.hibernate.query.Page;
import org.hibernate.query.restriction.Restriction;
import org.hibernate.query.specification.SelectionSpecification;

/**
 * Fetches entities of one class: the reading half of an {@link EntityRepository}, and what its views are.
 *
 * <p>The same row is the same instance throughout a unit of work, by whatever way it is fetched; what is in memory already
 * is not overwritten. Thread-safe.
 *
 * @param <T> the entity class
 * @param <ID> its identifier
 */
// The arrays of restrictions are only read.
@SuppressWarnings("varargs")
public abstract sealed class EntityReader<T, ID> permits EntityRepository, EntityView {

    final EntityFetch<T> fetch;

    EntityReader(EntityFetch<T> fetch) {
        this.fetch = fetch;
    }

    /**
     * Returns the entity with an identifier.
     *
     * @param id the identifier
     * @return empty if there is none, or it was removed in this unit of work
     */
    public final Optional<T> find(ID id) {
        return Optional.ofNullable(fetch.byId(Objects.requireNonNull(id, "id")));
    }

    /**
     * Returns the entity with an identifier.
     *
     * @param id the identifier
     * @return the entity
     * @throws EntityNotFoundException if there is none, or it was removed in this unit of work
     */
    public final T get(ID id) {
        return find(id).orElseThrow(() -> new EntityNotFoundException(fetch.name() + " " + id
                + " does not exist, or was removed in this unit of work. Use find(id) where that is to be expected."));
    }

    /**
     * Returns the entity with an identifier if it still is at the version that an edit is based on. Give the version that
     * was shown to the user: it detects what others changed while the user was thinking.
     *
     * @param id the identifier
     * @param expectedVersion the value that its version attribute had; any kind of number for a number
     * @return the entity
     * @throws EntityNotFoundException if there is none, or it was removed in this unit of work
     * @throws StaleEditException if it is at another version
     * @throws IllegalArgumentException if the entity class has no version attribute
     */
    public final T get(ID id, Object expectedVersion) {
        T entity = get(id);
        fetch.requireVersion(entity, id, Objects.requireNonNull(expectedVersion, "expectedVersion"));
        return entity;
    }

    /**
     * Returns the entities with the given identifiers, with one select.
     *
     * @param ids in any number; one that is given twice counts once
     * @return in the order of the identifiers; those that do not exist are left out
     */
    public final List<T> findAll(Collection<? extends ID> ids) {
        return fetch.byIds(ids);
    }

    /**
     * Returns the entity that meets all restrictions.
     *
     * @param restrictions no restriction means every entity
     * @return empty if there is none
     * @throws jakarta.persistence.NonUniqueResultException if several do
     */
    @SafeVarargs
    public final Optional<T> findOne(Restriction<? super T>... restrictions) {
        return Optional.ofNullable(fetch.one(selection(List.of(restrictions))));
    }

    /**
     * Returns the entities that meet all restrictions.
     *
     * @param restrictions no restriction means every entity
     * @return in no particular order
     */
    @SafeVarargs
    public final List<T> list(Restriction<? super T>... restrictions) {
        return list(selection(List.of(restrictions)));
    }

    /**
     * Returns the entities that meet all restrictions, in an order.
     *
     * @param order the order
     * @param restrictions no restriction means every entity
     * @return in that order
     */
    @SafeVarargs
    public final List<T> list(Order<? super T> order, Restriction<? super T>... restrictions) {
        return list(selection(List.of(restrictions)).sort(order));
    }

    /**
     * Returns a page of the entities that meet all restrictions. Rows that others insert or delete meanwhile shift later
     * pages; {@link #list(KeyedPage, Restriction[])} does not have that.
     *
     * @param page which one, and how large
     * @param order the order, which should leave no ties
     * @param restrictions no restriction means every entity
     * @return in that order
     */
    @SafeVarargs
    public final List<T> list(Page page, Order<? super T> order, Restriction<? super T>... restrictions) {
        return list(page, selection(List.of(restrictions)).sort(order));
    }

    /**
     * Returns a page of the entities that meet all restrictions, found by the key of the page before it, so that no row is
     * shown twice or left out because of what others insert and delete. Rows that tie are told apart by their identifier,
     * which becomes the last part of the key; a composite identifier cannot, and the order must leave no ties then.
     *
     * @param page {@code Page.first(20).keyedBy(order)}, then the {@code getNextPage()} of the page before
     * @param restrictions the same for every page
     * @return the page, which knows the next one
     * @throws IllegalArgumentException if an attribute of the order may be null by its mapping: rows where it is would be
     *     left out
     */
    @SafeVarargs
    public final KeyedResultList<T> list(KeyedPage<T> page, Restriction<? super T>... restrictions) {
        return fetch.keyed(selection(List.of(restrictions)), page);
    }

    /**
     * Returns the entities of a selection: several orders, fetch paths, parts written as criteria.
     *
     * @param selection {@code SelectionSpecification.create(Order.class).restrict(…).sort(…).fetch(…)}
     * @return in the selection's order
     */
    public final List<T> list(SelectionSpecification<T> selection) {
        return fetch.list(selection, null);
    }

    /**
     * Returns a page of the entities of a selection.
     *
     * @param page which one, and how large
     * @param selection an ordered one
     * @return in the selection's order
     */
    public final List<T> list(Page page, SelectionSpecification<T> selection) {
        return fetch.list(selection, page);
    }

    /**
     * Returns the entities that a criteria query selects.
     *
     * @param criteria made with the {@code CriteriaBuilder} of the same factory
     * @return in the query's order
     */
    public final List<T> list(CriteriaQuery<T> criteria) {
        return list(SelectionSpecification.create(criteria));
    }

    final SelectionSpecification<T> selection(List<Restriction<? super T>> restrictions) {
        SelectionSpecification<T> selection = SelectionSpecification.create(fetch.type());
        for (Restriction<? super T> restriction : restrictions) {
            selection.restrict(restriction);
        }
        return selection;
    }
}
