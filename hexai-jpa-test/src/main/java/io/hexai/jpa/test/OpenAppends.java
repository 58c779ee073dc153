package io.hexai.jpa.test;

import io.hexai.jpa.event.StreamId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The rows of a transaction that has not ended. Guarded by the lock of {@link InMemoryEvents}. */
final class OpenAppends {

    private final Thread thread;
    private final List<InMemoryRow> rows = new ArrayList<>();

    OpenAppends(Thread thread) {
        this.thread = thread;
    }

    Thread thread() {
        return thread;
    }

    List<InMemoryRow> rows() {
        return rows;
    }

    boolean hasAppendedTo(StreamId stream) {
        return rows.stream().anyMatch(row -> stream.equals(row.streamId()));
    }

    boolean hasAny(Set<String> messageIds) {
        return rows.stream().anyMatch(row -> messageIds.contains(row.messageId()));
    }
}
