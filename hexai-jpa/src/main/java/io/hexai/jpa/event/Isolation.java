package io.hexai.jpa.event;

import java.util.Set;

/** What the server says of a transaction's isolation. */
final class Isolation {

    private static final Set<String> ONE_SNAPSHOT = Set.of("repeatable read", "serializable");

    private Isolation() {}

    /** All statements see what was committed before the first of them, however long ago that was. */
    static boolean readsFromOneSnapshot(String transactionIsolation) {
        return ONE_SNAPSHOT.contains(transactionIsolation);
    }
}
