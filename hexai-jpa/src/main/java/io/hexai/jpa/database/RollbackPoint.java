package io.hexai.jpa.database;

import org.jspecify.annotations.Nullable;

/**
 * Where a rollback stops.
 *
 * @param count after how many migrations at most
 * @param tag before which tag, or null if the count alone decides
 */
record RollbackPoint(int count, @Nullable String tag) {

    static RollbackPoint of(int count) {
        if (count < 0) {
            throw new IllegalArgumentException(
                    "Cannot roll back " + count + " migrations: the count must not be negative");
        }
        return new RollbackPoint(count, null);
    }

    static RollbackPoint of(String tag) {
        return new RollbackPoint(Integer.MAX_VALUE, tag);
    }
}
