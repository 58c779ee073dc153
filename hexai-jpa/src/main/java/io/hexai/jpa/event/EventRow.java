package io.hexai.jpa.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A row of an event table; when it was stored is known if its message does not say when it was made. */
record EventRow(
        long position,
        String type,
        String headers,
        String payload,
        @Nullable Instant storedAt,
        @Nullable String streamId,
        @Nullable Long streamVersion) {}
