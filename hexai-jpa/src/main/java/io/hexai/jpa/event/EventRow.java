package io.hexai.jpa.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A row of an event table. */
record EventRow(
        long position,
        String type,
        String headers,
        String payload,
        Instant createdAt,
        @Nullable String streamId,
        @Nullable Long streamVersion) {}
