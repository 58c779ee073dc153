package io.hexai.jpa.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How an append to a stream went: the positions, ascending, and the version before; or the conflict. */
record StreamAppend(
        List<Long> positions, long versionBefore, @Nullable VersionConflictException conflict) {

    static StreamAppend conflict(
            StreamId stream, ExpectedVersion expected, @Nullable Long actual, @Nullable Throwable cause) {
        return new StreamAppend(List.of(), 0, new VersionConflictException(stream, expected, actual, cause));
    }
}
