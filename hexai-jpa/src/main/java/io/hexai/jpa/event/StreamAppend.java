package io.hexai.jpa.event;

import org.jspecify.annotations.Nullable;

/** How an append to a stream went. */
@SuppressWarnings("ArrayRecordComponent") // handed on once, and never compared
record StreamAppend(
        long[] positions, long versionBefore, @Nullable VersionConflictException conflict) {

    static StreamAppend conflict(
            StreamId stream, ExpectedVersion expected, @Nullable Long actual, @Nullable Throwable cause) {
        return new StreamAppend(new long[0], 0, new VersionConflictException(stream, expected, actual, cause));
    }
}
