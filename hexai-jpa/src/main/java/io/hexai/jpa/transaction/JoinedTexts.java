package io.hexai.jpa.transaction;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The texts of writes with the query for the transaction's id behind them, each put together once. Thread-safe. */
final class JoinedTexts {

    /** A program that writes its values into its statements has new ones all the time. */
    private static final int MOST = 1_000;

    private final Map<String, String> known = new ConcurrentHashMap<>();

    String of(String write) {
        String found = known.get(write);
        return found != null ? found : joined(write);
    }

    /** The line break ends a comment that the text may end with. */
    private String joined(String write) {
        String both = write + "\n;" + TransactionId.QUERY;
        if (known.size() < MOST) {
            known.put(write, both);
        }
        return both;
    }
}
