package io.hexai.jpa.repository;

import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityExistsException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.FindOption;
import jakarta.persistence.LockModeType;
import jakarta.persistence.Timeout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.hibernate.BatchSize;
import org.hibernate.Hibernate;
import org.hibernate.HibernateException;
import org.hibernate.ReadOnlyMode;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.event.spi.EventSource;
import org.hibernate.jpa.SpecHints;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.KeyedPage;
import org.hibernate.query.KeyedResultList;
import org.hibernate.query.Page;
import org.hibernate.query.Query;
import org.hibernate.query.criteria.JpaFrom;
import org.hibernate.query.specification.SelectionSpecification;
import org.jspecify.annotations.Nullable;

/** Asks Hibernate for the entities of one class, in one mode. */
final class EntityFetch<T> {

    /** PostgreSQL's protocol counts the parameters of a statement with 16 bits. */
    private static final int MOST_PARAMETERS = 65_535;

    private final UnitOfWork unitOfWork;
    private final Class<T> type;
    private final FetchMode mode;

    EntityFetch(UnitOfWork unitOfWork, Class<T> type, FetchMode mode) {
        this.unitOfWork = Objects.requireNonNull(unitOfWork, "unitOfWork");
        this.type = Objects.requireNonNull(type, "entityClass");
        this.mode = mode;
    }

    EntityFetch<T> with(FetchMode newMode) {
        return new EntityFetch<>(unitOfWork, type, newMode);
    }

    Class<T> type() {
        return type;
    }

    String name() {
        return type.getSimpleName();
    }

    @Nullable
    T byId(Object id) {
        return fetching((session, known) -> {
            T found = mode.isLocking() && known.isManaged(id)
                    ? query(session, byIdOnly(id)).getSingleResultOrNull()
                    : session.find(type, id, findOptions(session));
            return found == null ? null : known.prepared(found);
        });
    }

    /** Hibernate finds an instance that it has by its version, and so cannot skip a locked row, or refresh. */
    private SelectionSpecification<T> byIdOnly(Object id) {
        return SelectionSpecification.create(type)
                .augment((builder, query, root) -> query.where(builder.equal(((JpaFrom<?, ?>) root).id(), id)));
    }

    List<T> byIds(Collection<?> ids) {
        List<Object> distinct = new ArrayList<>(new LinkedHashSet<>(ids));
        distinct.forEach(id -> Objects.requireNonNull(id, "an id of ids"));
        return fetching((session, known) -> distinct.isEmpty()
                ? List.of()
                : known.allPrepared(session.findMultiple(type, distinct, findOptions(session, batchSize(session)))));
    }

    /** Of composite identifiers, each column is a parameter; a single column takes one array for all. */
    private BatchSize batchSize(EventSource session) {
        int columns = persister(session).getIdentifierMapping().getJdbcTypeCount();
        return new BatchSize(columns == 1 ? Integer.MAX_VALUE : MOST_PARAMETERS / columns);
    }

    @Nullable
    T one(SelectionSpecification<T> selection) {
        return fetching((session, known) -> {
            T found = query(session, selection).getSingleResultOrNull();
            return found == null ? null : known.prepared(found);
        });
    }

    List<T> list(SelectionSpecification<T> selection, @Nullable Page page) {
        return fetching((session, known) -> {
            Query<T> query = query(session, selection);
            if (page != null) {
                query.setPage(page);
            }
            return known.allPrepared(query.getResultList());
        });
    }

    KeyedResultList<T> keyed(SelectionSpecification<T> selection, KeyedPage<T> page) {
        return fetching((session, known) -> {
            KeyedResultList<T> found =
                    query(session, selection).getKeyedResultList(PageKeys.unique(page, type, persister(session)));
            known.allPrepared(found.getResultList());
            return found;
        });
    }

    long count(SelectionSpecification<T> selection) {
        return inUnit(session ->
                selection.createCountProjection().createQuery(session).getSingleResult());
    }

    boolean exists(Object id) {
        return inUnit(session -> {
            EntityEntry entry = entryOf(id, session);
            return entry != null
                    ? !entry.getStatus().isDeletedOrGone()
                    : byIdOnly(id).createCountProjection().createQuery(session).getSingleResult() > 0;
        });
    }

    void requireVersion(T entity, Object id, Object expected) {
        EntityPersister persister = inUnit(this::persister);
        if (!persister.isVersioned()) {
            throw new IllegalArgumentException(
                    name() + " has no @Version attribute, so no version can be expected of it.");
        }
        Object actual = persister.getVersion(Hibernate.unproxy(entity));
        if (!isSameVersion(expected, actual)) {
            throw new StaleEditException(name(), id, expected, actual);
        }
    }

    private static boolean isSameVersion(Object expected, @Nullable Object actual) {
        return expected instanceof Number number && actual instanceof Number other
                ? number.longValue() == other.longValue()
                : expected.equals(actual);
    }

    void requireNew(T entity) {
        EventSource session = session(unitOfWork.entityManager());
        if (session.contains(entity)) {
            return;
        }
        EntityPersister persister = session.getEntityPersister(null, Hibernate.unproxy(entity));
        Object id = persister.getIdentifier(entity, session);
        if (wasLoaded(entity, persister, session)) {
            throw new EntityExistsException(name() + " " + id
                    + " is no new instance but one that another unit of work loaded. Fetch it in this unit of work and"
                    + " change what you get; add() takes new instances only.");
        }
        EntityEntry present = id == null ? null : entryOf(id, session);
        if (present != null && !present.getStatus().isDeletedOrGone()) {
            throw new EntityExistsException(
                    "Another instance of " + name() + " " + id
                            + " is in this unit of work already. Change that one, or give the new one an identifier of its own.");
        }
    }

    /** Of a number that counts from zero, zero may be either; the insert will tell. */
    private static boolean wasLoaded(Object entity, EntityPersister persister, EventSource session) {
        if (persister.isVersioned()) {
            Object version = persister.getVersion(entity);
            return version != null && !(version instanceof Number number && number.longValue() <= 0);
        }
        return Boolean.FALSE.equals(persister.isTransient(entity, session));
    }

    void requireManaged(T entity) {
        if (session(unitOfWork.entityManager()).getPersistenceContextInternal().getEntry(Hibernate.unproxy(entity))
                == null) {
            throw new IllegalArgumentException("The given " + name()
                    + " was neither fetched nor added in this unit of work. Fetch it here and remove what you get.");
        }
    }

    private @Nullable EntityEntry entryOf(Object id, EventSource session) {
        var context = session.getPersistenceContextInternal();
        Object entity = context.getEntity(session.generateEntityKey(id, persister(session)));
        return entity == null ? null : context.getEntry(entity);
    }

    private <R extends @Nullable Object> R fetching(Fetch<R> work) {
        return mode.isReadOnly()
                ? inUnit(session -> read(work, session))
                : fetch(work, session(unitOfWork.entityManager()));
    }

    private <R extends @Nullable Object> R read(Fetch<R> work, EventSource session) {
        return isValidating(session)
                ? ImmutabilityGuard.of(session.getFactory())
                        .whileReading(unitOfWork.current().changes(), () -> fetch(work, session))
                : fetch(work, session);
    }

    /** Not every method of the session translates Hibernate's exceptions into those of Jakarta Persistence. */
    private <R extends @Nullable Object> R fetch(Fetch<R> work, EventSource session) {
        try {
            return work.apply(session, KnownEntities.before(mode, session, persister(session), unitOfWork.current()));
        } catch (HibernateException e) {
            throw session.getExceptionConverter().convert(e);
        }
    }

    private <R extends @Nullable Object> R inUnit(Function<EventSource, R> work) {
        return unitOfWork.isActive()
                ? work.apply(session(unitOfWork.entityManager()))
                : unitOfWork.with(options -> options.withReadOnly(true)).call(em -> work.apply(session(em)));
    }

    private Query<T> query(EventSource session, SelectionSpecification<T> selection) {
        Query<T> query = session.createQuery(selection.reference());
        Timeout wait = mode.lockTimeout();
        if (wait != null) {
            query.setLockMode(LockModeType.PESSIMISTIC_WRITE);
            query.setHint(SpecHints.HINT_SPEC_LOCK_TIMEOUT, wait.milliseconds());
        } else if (mode.isReadOnly() && !isValidating(session)) {
            query.setReadOnly(true);
        }
        return query;
    }

    private FindOption[] findOptions(EventSource session, FindOption... others) {
        List<FindOption> options = new ArrayList<>(List.of(others));
        Timeout wait = mode.lockTimeout();
        if (wait != null) {
            options.add(LockModeType.PESSIMISTIC_WRITE);
            options.add(wait);
        }
        boolean readOnly = session.isDefaultReadOnly() || mode.isReadOnly() && !isValidating(session);
        options.add(readOnly ? ReadOnlyMode.READ_ONLY : ReadOnlyMode.READ_WRITE);
        return options.toArray(FindOption[]::new);
    }

    private static boolean isValidating(EventSource session) {
        return Boolean.parseBoolean(
                String.valueOf(session.getFactory().getProperties().get(EntityRepository.VALIDATE_IMMUTABILITY)));
    }

    private EntityPersister persister(EventSource session) {
        return session.getFactory().getMappingMetamodel().getEntityDescriptor(type);
    }

    /** Hibernate's own session, for entities must not come to know the scope's. */
    private static EventSource session(EntityManager entityManager) {
        return entityManager.unwrap(EventSource.class);
    }

    /** A fetch, which knows what was in memory before. */
    private interface Fetch<R extends @Nullable Object> {
        R apply(EventSource session, KnownEntities known);
    }
}
