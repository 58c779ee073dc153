package io.hexai.jpa.test;

import io.hexai.jpa.event.DuplicateMessageException;
import io.hexai.jpa.event.EncodedEvent;
import io.hexai.jpa.event.ExpectedVersion;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.event.StreamId;
import io.hexai.jpa.event.VersionConflictException;
import io.hexai.jpa.test.InMemoryEventStore.Appended;
import io.hexai.jpa.test.InMemoryEventStore.Appending;
import jakarta.persistence.OptimisticLockException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The events of an in-memory store, committed and not, and who waits for whom. Thread-safe. */
final class InMemoryEvents {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition transactionEnded = lock.newCondition();

    private final TreeMap<Long, InMemoryRow> committed = new TreeMap<>();
    private final Set<String> committedIds = new HashSet<>();
    private final Set<OpenAppends> open = new LinkedHashSet<>();
    private final Map<Thread, OpenAppends> waiting = new HashMap<>();
    private long lastDrawn;

    Appended atOnce(Appending appending) {
        OpenAppends appends = new OpenAppends(Thread.currentThread());
        lock.lock();
        try {
            Appended appended = appending.to(appends);
            commit(appends);
            return appended;
        } finally {
            lock.unlock();
        }
    }

    Appended append(
            OpenAppends appends, @Nullable StreamId stream, ExpectedVersion expected, List<EncodedEvent> events) {
        lock.lock();
        try {
            Set<String> ids = new HashSet<>();
            events.forEach(event -> ids.add(event.message().id()));
            awaitOthers(appends, stream, ids);
            long version = stream == null ? 0 : version(stream, appends);
            if (stream != null && !expected.isMetBy(version)) {
                return new Appended(List.of(), new VersionConflictException(stream, expected, version, null));
            }
            requireNew(appends, events);
            List<StoredEvent> stored = new ArrayList<>(events.size());
            for (EncodedEvent event : events) {
                version++;
                @Nullable Long streamVersion = stream == null ? null : (Long) version;
                InMemoryRow row = InMemoryRow.of(++lastDrawn, event, stream, streamVersion);
                appends.rows().add(row);
                stored.add(row.stored(event));
            }
            open.add(appends);
            return new Appended(List.copyOf(stored), null);
        } finally {
            lock.unlock();
        }
    }

    /** Whoever appends to the same stream, or stores the same message, decides first. */
    private void awaitOthers(OpenAppends appends, @Nullable StreamId stream, Set<String> ids) {
        for (OpenAppends inTheWay = inTheWay(appends, stream, ids);
                inTheWay != null;
                inTheWay = inTheWay(appends, stream, ids)) {
            waiting.put(Thread.currentThread(), inTheWay);
            try {
                requireNoDeadlock(inTheWay);
                transactionEnded.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted while waiting for another transaction's append.", e);
            } finally {
                waiting.remove(Thread.currentThread());
            }
        }
    }

    private @Nullable OpenAppends inTheWay(OpenAppends appends, @Nullable StreamId stream, Set<String> ids) {
        for (OpenAppends other : open) {
            if (other != appends && (stream != null && other.hasAppendedTo(stream) || other.hasAny(ids))) {
                return other;
            }
        }
        return null;
    }

    private void requireNoDeadlock(OpenAppends inTheWay) {
        for (OpenAppends next = inTheWay; next != null; next = waiting.get(next.thread())) {
            if (next.thread() == Thread.currentThread()) {
                throw new OptimisticLockException("Two transactions that have appended wait for each other's streams"
                        + " or messages: a deadlock, which the database would end in the same way.");
            }
        }
    }

    private void requireNew(OpenAppends appends, List<EncodedEvent> events) {
        Set<String> taken = new HashSet<>();
        appends.rows().forEach(row -> taken.add(row.messageId()));
        for (EncodedEvent event : events) {
            String id = event.message().id();
            if (committedIds.contains(id) || !taken.add(id)) {
                throw new DuplicateMessageException("the in-memory event store", id, null);
            }
        }
    }

    private long version(StreamId stream, @Nullable OpenAppends own) {
        return stream(stream, own).stream()
                .mapToLong(row -> row.versionIn(stream))
                .max()
                .orElse(0);
    }

    List<InMemoryRow> stream(StreamId stream, @Nullable OpenAppends own) {
        lock.lock();
        try {
            List<InMemoryRow> rows = new ArrayList<>(committed.values());
            rows.addAll(own == null ? List.of() : own.rows());
            rows.removeIf(row -> !stream.equals(row.streamId()));
            return rows;
        } finally {
            lock.unlock();
        }
    }

    VisibleEvents visibleTo(@Nullable OpenAppends own) {
        lock.lock();
        try {
            long horizon = horizon(own);
            TreeMap<Long, InMemoryRow> decided = new TreeMap<>(committed.headMap(horizon, true));
            List<InMemoryRow> beyond = new ArrayList<>();
            for (InMemoryRow row : own == null ? List.<InMemoryRow>of() : own.rows()) {
                if (row.position() <= horizon) {
                    decided.put(row.position(), row);
                } else {
                    beyond.add(row);
                }
            }
            return new VisibleEvents(List.copyOf(decided.values()), beyond);
        } finally {
            lock.unlock();
        }
    }

    private long horizon(@Nullable OpenAppends own) {
        return open.stream()
                .filter(appends -> appends != own)
                .mapToLong(appends -> appends.rows().get(0).position() - 1)
                .min()
                .orElse(lastDrawn);
    }

    void commit(OpenAppends appends) {
        lock.lock();
        try {
            for (InMemoryRow row : appends.rows()) {
                committed.put(row.position(), row);
                committedIds.add(row.messageId());
            }
            open.remove(appends);
            transactionEnded.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Forgets what was appended after the first rows; their positions are not drawn again. */
    void rollBack(OpenAppends appends, int firstRows) {
        lock.lock();
        try {
            List<InMemoryRow> rows = appends.rows();
            if (rows.size() > firstRows) {
                rows.subList(firstRows, rows.size()).clear();
            }
            if (rows.isEmpty()) {
                open.remove(appends);
            }
            transactionEnded.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void clear() {
        lock.lock();
        try {
            if (!open.isEmpty()) {
                throw new IllegalStateException(open.size() + " transaction(s) with appended events are still open.");
            }
            committed.clear();
            committedIds.clear();
            lastDrawn = 0;
        } finally {
            lock.unlock();
        }
    }
}
