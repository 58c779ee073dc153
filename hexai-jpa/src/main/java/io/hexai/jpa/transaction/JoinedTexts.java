package io.hexai.jpa.transaction;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The texts of statements with what travels along, each put together once. Thread-safe. */
final class JoinedTexts {

    /** A program that writes its values into its statements has new ones all the time. */
    private static final int MOST = 1_000;

    private final Map<String, String> writes = new ConcurrentHashMap<>();
    private final Map<Preceded, String> preceded = new ConcurrentHashMap<>();

    private record Preceded(List<String> statements, String sql) {}

    /** A write with the query for the transaction's id behind it; the line break ends a comment that the text may end with. */
    String withId(String write) {
        String known = writes.get(write);
        return known != null ? known : kept(writes, write, write + "\n;" + TransactionId.QUERY);
    }

    /** A statement with others before it. */
    String preceded(List<String> statements, String sql) {
        Preceded key = new Preceded(statements, sql);
        String known = preceded.get(key);
        return known != null ? known : kept(preceded, key, String.join(";\n", statements) + ";\n" + sql);
    }

    private static <K> String kept(Map<K, String> texts, K key, String text) {
        if (texts.size() < MOST) {
            texts.put(key, text);
        }
        return text;
    }
}
