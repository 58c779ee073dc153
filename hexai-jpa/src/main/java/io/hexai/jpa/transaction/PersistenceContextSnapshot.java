package io.hexai.jpa.transaction;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.EntityHolder;
import org.hibernate.engine.spi.EntityKey;
import org.hibernate.engine.spi.PersistenceContext;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.engine.spi.Status;
import org.hibernate.event.spi.EventSource;
import org.hibernate.proxy.HibernateProxy;
import org.hibernate.proxy.LazyInitializer;
import org.hibernate.resource.transaction.spi.TransactionStatus;
import org.jspecify.annotations.Nullable;

/**
 * A persistence context as it was when a nested scope began, right after a flush, and the way back to it. What was managed
 * then is restored in memory; what was persisted since becomes transient; what was loaded since is read anew, in place, so
 * that no instance is lost and none appears twice. The idea of what a savepoint means for objects is that of SQLAlchemy's
 * {@code Session.begin_nested}.
 *
 * <p>It rests on Hibernate's service interfaces; the tests of nested scopes pin what it relies on.
 */
final class PersistenceContextSnapshot {

    private final EventSource session;
    private final PersistenceContext context;
    private final Forgetting forgetting;
    private final NewEntityTracker tracker;
    private final NewEntityTracker.Log newEntities;
    private final int newEntitiesBefore;
    private final EntityImages entities;
    private final List<CollectionImage> collections;
    private final List<ProxyImage> proxies;
    private final CompletionCallbacks callbacks;
    private final boolean rollbackOnly;

    private PersistenceContextSnapshot(EventSource session, NewEntityTracker tracker) {
        this.session = session;
        this.context = session.getPersistenceContextInternal();
        this.forgetting = new Forgetting(session);
        this.tracker = tracker;
        this.newEntities = tracker.open(session);
        this.newEntitiesBefore = newEntities.size();
        this.entities = EntityImages.of(session);
        this.collections = collectionImages();
        this.proxies = proxyImages();
        this.callbacks = CompletionCallbacks.openIn(session);
        this.rollbackOnly = isRollbackOnly();
    }

    /** Captures the context in time linear in what it manages, and without SQL. */
    static PersistenceContextSnapshot of(SessionImplementor session, NewEntityTracker tracker) {
        return new PersistenceContextSnapshot((EventSource) session, tracker);
    }

    private List<CollectionImage> collectionImages() {
        List<CollectionImage> images = new ArrayList<>(context.getCollectionEntriesSize());
        context.forEachCollectionEntry(
                (wrapper, entry) -> {
                    CollectionImage image = CollectionImage.of(wrapper, entry);
                    if (image != null) {
                        images.add(image);
                    }
                },
                false);
        return images;
    }

    private List<ProxyImage> proxyImages() {
        List<ProxyImage> images = new ArrayList<>(0);
        Map<EntityKey, EntityHolder> holders = context.getEntityHoldersByKey();
        if (holders != null) {
            holders.values().forEach(holder -> {
                if (holder.getProxy() != null) {
                    images.add(ProxyImage.of(holder.getEntityKey(), holder.getProxy()));
                }
            });
        }
        return images;
    }

    /** The nested scope succeeded: what it did shares the fate of what is around it. */
    void release() {
        callbacks.passToOuter();
        tracker.close(session);
    }

    /** Rolls the database back, then the persistence context. */
    void restoreAfter(DatabaseRollback rollback) throws SQLException {
        try {
            session.getJdbcCoordinator().abortBatch();
            rollback.run();
            session.getActionQueue().clear();
            context.setFlushing(false);
            if (context.hasLoadContext()) {
                context.getLoadContexts().cleanup();
            }
            context.getBatchFetchQueue().clear();
            liftRollbackOnly();
            callbacks.rollBack();
            restore(newEntities.cutFrom(newEntitiesBefore));
        } finally {
            tracker.close(session);
        }
    }

    private void restore(Map<Object, NewEntity> persisted) {
        forgetNewCollections();
        List<Loaded> loadedInside = forgetNewEntities(persisted);
        entities.restore(restoreCollections());
        loadedInside.addAll(halfLoaded());
        proxies.forEach(proxy -> proxy.restoreIn(session));
        List<ProxyImage> bereft = proxies.stream()
                .filter(proxy -> proxy.hasLostItsEntityIn(context))
                .toList();
        loadedInside.forEach(this::readAnew);
        bereft.forEach(proxy -> EntityReload.readAnew(proxy.initializer().getImplementation(), proxy.key(), session));
    }

    /** Those that the context has lost give up their places in its map too, which others may have taken meanwhile. */
    private void forgetNewCollections() {
        Set<PersistentCollection<?>> lost = Collections.newSetFromMap(new IdentityHashMap<>());
        collections.forEach(image -> lost.add(image.wrapper()));
        List<PersistentCollection<?>> added = new ArrayList<>(0);
        context.forEachCollectionEntry(
                (wrapper, entry) -> {
                    if (!lost.remove(wrapper)) {
                        added.add(wrapper);
                    }
                },
                false);
        lost.forEach(wrapper -> wrapper.$$_hibernate_setInstanceId(0));
        added.forEach(forgetting::forget);
    }

    /** Makes transient what was persisted since, and returns what was loaded since. */
    private List<Loaded> forgetNewEntities(Map<Object, NewEntity> persisted) {
        persisted.keySet().removeIf(entities::contains);
        List<Loaded> loaded = new ArrayList<>(0);
        entities.forEachAddedSince((entity, entry) -> {
            if (isNew(entry)) {
                persisted.putIfAbsent(entity, NewEntity.madeByHibernate(entity, entry.getPersister()));
            }
            if (persisted.containsKey(entity) || EnhancedReference.isUntouched(entity, entry.getPersister())) {
                forgetting.evict(entity, entry);
            } else {
                loaded.add(new Loaded(entity, entry.getEntityKey(), entry.getStatus() == Status.READ_ONLY));
            }
        });
        persisted.values().forEach(entity -> entity.makeTransient(session));
        return loaded;
    }

    /** A load that died leaves instances behind that are neither managed nor gone. */
    private List<Loaded> halfLoaded() {
        List<Loaded> halfLoaded = new ArrayList<>(0);
        Map<EntityKey, EntityHolder> holders = context.getEntityHoldersByKey();
        if (holders != null && !entities.areAllIn(holders)) {
            for (EntityHolder holder : holders.values()) {
                Object entity = holder.getEntity();
                if (entity != null && context.getEntry(entity) == null) {
                    halfLoaded.add(new Loaded(entity, holder.getEntityKey(), false));
                }
            }
        }
        return halfLoaded;
    }

    /** One whose identifier the database was to generate counts as present even if its insertion failed. */
    private static boolean isNew(EntityEntry entry) {
        return entry.getId() == null || !entry.isExistsInDatabase() && entry.getStatus() != Status.GONE;
    }

    private UnaryOperator<@Nullable Object> restoreCollections() {
        Map<Object, Object> replaced = new IdentityHashMap<>();
        for (CollectionImage image : collections) {
            Object wrapper = image.restoreIn(session);
            if (wrapper != image.wrapper()) {
                replaced.put(image.wrapper(), wrapper);
            }
        }
        return value -> replaced.getOrDefault(value, value);
    }

    private void readAnew(Loaded loaded) {
        Object present = context.getEntity(loaded.key());
        if ((present == null || present == loaded.entity())
                && EntityReload.readAnew(loaded.entity(), loaded.key(), session)
                && loaded.readOnly()) {
            session.setReadOnly(loaded.entity(), true);
        }
    }

    private boolean isRollbackOnly() {
        return session.getTransactionCoordinator().getTransactionDriverControl().getStatus()
                == TransactionStatus.MARKED_ROLLBACK;
    }

    /** Hibernate marks the transaction at any exception; the savepoint has taken its reason back. */
    private void liftRollbackOnly() {
        if (!rollbackOnly && isRollbackOnly()) {
            session.getJdbcCoordinator()
                    .getLogicalConnection()
                    .getPhysicalJdbcTransaction()
                    .begin();
        }
    }

    /** Takes back, in the database, what was done since the savepoint. */
    interface DatabaseRollback {
        void run() throws SQLException;
    }

    /** An entity that was first loaded inside the nested scope. */
    private record Loaded(Object entity, EntityKey key, boolean readOnly) {}

    /** A proxy that the context knew; clearing or detaching inside the nested scope cuts it off. */
    private record ProxyImage(EntityKey key, Object proxy, LazyInitializer initializer) {

        static ProxyImage of(EntityKey key, Object proxy) {
            return new ProxyImage(
                    key, proxy, Objects.requireNonNull(HibernateProxy.extractLazyInitializer(proxy), "initializer"));
        }

        /** It was loaded, and the entity removed, inside the nested scope. */
        boolean hasLostItsEntityIn(PersistenceContext context) {
            return !initializer.isUninitialized() && context.getEntity(key) == null;
        }

        void restoreIn(SessionImplementor session) {
            PersistenceContext context = session.getPersistenceContextInternal();
            if (context.getProxy(key) != proxy) {
                context.addProxy(key, proxy);
            }
            if (initializer.getSession() != session) {
                initializer.setSession(session);
            }
            Object entity = context.getEntity(key);
            if (entity != null && (initializer.isUninitialized() || initializer.getImplementation() != entity)) {
                initializer.setImplementation(entity);
            }
            if (initializer.isUninitialized()) {
                context.getBatchFetchQueue().addBatchLoadableEntityKey(key);
            }
        }
    }
}
