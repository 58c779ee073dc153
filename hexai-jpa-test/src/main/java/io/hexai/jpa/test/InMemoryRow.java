package io.hexai.jpa.test;

import io.hexai.jpa.event.EncodedEvent;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.event.StreamId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An event as the table would have it. */
record InMemoryRow(
        long position,
        String messageId,
        String type,
        String headers,
        String payload,
        @Nullable StreamId streamId,
        @Nullable Long streamVersion) {

    static InMemoryRow of(
            long position, EncodedEvent event, @Nullable StreamId streamId, @Nullable Long streamVersion) {
        return new InMemoryRow(
                position,
                event.message().id(),
                event.message().type(),
                Jsonb.normalised(event.headers()),
                Jsonb.normalised(event.payload()),
                streamId,
                streamVersion);
    }

    StoredEvent stored(EncodedEvent event) {
        return StoredEvent.of(position, event.message(), streamId, streamVersion);
    }

    /** 0 for an event of another stream, or of none. */
    long versionIn(StreamId stream) {
        return streamVersion != null && stream.equals(streamId) ? streamVersion : 0;
    }

    /** The rest of a list that is in the order of positions. */
    static List<InMemoryRow> after(List<InMemoryRow> rows, long position) {
        int from = 0;
        int to = rows.size();
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (rows.get(middle).position() <= position) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return rows.subList(from, rows.size());
    }
}
