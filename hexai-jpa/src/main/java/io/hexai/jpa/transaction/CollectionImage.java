package io.hexai.jpa.transaction;

import java.io.Serializable;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.collection.spi.PersistentArrayHolder;
import org.hibernate.collection.spi.PersistentBag;
import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.collection.spi.PersistentList;
import org.hibernate.collection.spi.PersistentMap;
import org.hibernate.collection.spi.PersistentSet;
import org.hibernate.engine.spi.CollectionEntry;
import org.hibernate.engine.spi.CollectionKey;
import org.hibernate.engine.spi.PersistenceContext;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.persister.collection.CollectionPersister;
import org.jspecify.annotations.Nullable;

/**
 * A collection wrapper as it was right after a flush. Its contents then equal Hibernate's own snapshot, which is replaced
 * and never changed, so that a reference to it is enough; only where the snapshot does not keep the order, or there is
 * none, the contents are copied.
 */
final class CollectionImage {

    private final PersistentCollection<?> wrapper;
    private final CollectionEntry entry;
    private final CollectionPersister persister;
    private final Object key;
    private final @Nullable Object owner;
    private final boolean initialized;
    private final boolean readOnly;
    private final @Nullable Serializable snapshot;
    private final @Nullable Object contents;

    private CollectionImage(
            PersistentCollection<?> wrapper,
            CollectionEntry entry,
            CollectionPersister persister,
            Object key,
            boolean asItIsNow) {
        this.wrapper = wrapper;
        this.entry = entry;
        this.persister = persister;
        this.key = key;
        this.owner = wrapper.getOwner();
        this.initialized = wrapper.wasInitialized();
        this.readOnly = entry.isReadOnly();
        this.snapshot = entry.getSnapshot();
        this.contents =
                asItIsNow && initialized && (snapshot == null || persister.hasOrdering()) ? copyOf(wrapper) : null;
    }

    /** Returns the image, or null for a wrapper that no flush has brought to the database yet. */
    static @Nullable CollectionImage of(PersistentCollection<?> wrapper, CollectionEntry entry) {
        CollectionPersister persister = entry.getLoadedPersister();
        Object key = entry.getLoadedKey();
        return persister == null || key == null ? null : new CollectionImage(wrapper, entry, persister, key, true);
    }

    /** Returns the image as of the last load or flush, whatever happened to the wrapper since; null as above. */
    static @Nullable CollectionImage ofLastFlush(PersistentCollection<?> wrapper, CollectionEntry entry) {
        CollectionPersister persister = entry.getLoadedPersister();
        Object key = entry.getLoadedKey();
        return persister == null || key == null || entry.getSnapshot() == null
                ? null
                : new CollectionImage(wrapper, entry, persister, key, false);
    }

    PersistentCollection<?> wrapper() {
        return wrapper;
    }

    /**
     * Puts the collection back, and returns the wrapper that its owner has to refer to: the same, or, for one that has been
     * initialised since or that the library does not know how to refill, a new one that loads when it is used.
     */
    Object restoreIn(SessionImplementor session) {
        PersistenceContext context = session.getPersistenceContextInternal();
        if (isUntouchedIn(context)) {
            if (!initialized && session.getLoadQueryInfluencers().effectivelyBatchLoadable(persister)) {
                context.getBatchFetchQueue().addBatchLoadableCollection(wrapper, entry);
            }
            return wrapper;
        }
        context.removeCollectionEntry(wrapper);
        context.removeCollectionByKey(new CollectionKey(persister, key));
        if (!initialized || !isRefillable()) {
            wrapper.unsetSession(session);
            return unloadedWrapper(session);
        }
        refill();
        wrapper.setOwner(owner);
        wrapper.setSnapshot(key, persister.getRole(), snapshot);
        wrapper.setCurrentSession(session);
        context.addInitializedDetachedCollection(persister, wrapper);
        if (wrapper instanceof PersistentArrayHolder<?>) {
            context.addCollectionHolder(wrapper);
        }
        if (readOnly) {
            context.getCollectionEntry(wrapper).setReadOnly(true, wrapper);
        }
        wrapper.postAction();
        return wrapper;
    }

    private PersistentCollection<?> unloadedWrapper(SessionImplementor session) {
        PersistentCollection<?> fresh = persister.getCollectionSemantics().instantiateWrapper(key, persister, session);
        fresh.setOwner(owner);
        session.getPersistenceContextInternal().addUninitializedCollection(persister, fresh, key, readOnly);
        return fresh;
    }

    private boolean isUntouchedIn(PersistenceContext context) {
        return context.getCollectionEntry(wrapper) == entry
                && context.getCollection(new CollectionKey(persister, key)) == wrapper
                && wrapper.wasInitialized() == initialized
                && wrapper.getOwner() == owner
                && entry.getLoadedPersister() == persister
                && key.equals(entry.getLoadedKey())
                && entry.getSnapshot() == snapshot
                && !wrapper.isDirty()
                && !wrapper.hasQueuedOperations()
                && (!initialized || hasSameContents());
    }

    private boolean hasSameContents() {
        return contents == null ? wrapper.equalsSnapshot(persister) : contents.equals(copyOf(wrapper));
    }

    private boolean isRefillable() {
        return wrapper instanceof PersistentSet
                || wrapper instanceof PersistentMap
                || (wrapper instanceof PersistentList || wrapper instanceof PersistentBag)
                || wrapper instanceof PersistentArrayHolder;
    }

    /** Changes the wrapper through its own methods, so that whatever is below it, sorted or linked, stays what it is. */
    private void refill() {
        Object source = contents != null ? contents : snapshot;
        if (wrapper instanceof PersistentArrayHolder<?>) {
            Object array = wrapper.getValue();
            for (int i = 0; i < Array.getLength(array); i++) {
                Array.set(array, i, copy(Array.get(nonNull(source), i)));
            }
        } else if (wrapper instanceof Map<?, ?>) {
            @SuppressWarnings("unchecked") // taken from this very map
            Map<Object, Object> map = (Map<Object, Object>) wrapper;
            map.clear();
            map.putAll(copyElements((Map<?, ?>) nonNull(source)));
        } else {
            @SuppressWarnings("unchecked") // taken from this very collection
            Collection<Object> collection = (Collection<Object>) wrapper;
            collection.clear();
            collection.addAll(
                    copyElements(source instanceof Map<?, ?> map ? map.keySet() : (Collection<?>) nonNull(source)));
        }
    }

    private List<Object> copyElements(Collection<?> elements) {
        List<Object> copies = new ArrayList<>(elements.size());
        for (Object element : elements) {
            copies.add(copy(element));
        }
        return copies;
    }

    private Map<Object, Object> copyElements(Map<?, ?> elements) {
        Map<Object, Object> copies = new LinkedHashMap<>();
        elements.forEach((index, element) -> copies.put(index, copy(element)));
        return copies;
    }

    /** A snapshot is compared with later, so that a mutable element of it must not be handed out. */
    @SuppressWarnings("removal") // Hibernate has no other access to the element's type yet
    private @Nullable Object copy(@Nullable Object element) {
        return element == null ? null : persister.getElementType().deepCopy(element, persister.getFactory());
    }

    private static Object copyOf(PersistentCollection<?> wrapper) {
        return wrapper instanceof Map<?, ?> map
                ? new LinkedHashMap<>(map)
                : wrapper instanceof Collection<?> collection ? new ArrayList<>(collection) : List.of();
    }

    private static Object nonNull(@Nullable Object source) {
        return source == null ? List.of() : source;
    }
}
