package io.hexai.jpa.transaction;

import java.util.regex.Pattern;

/**
 * The statements that an optimistic scope may run outside a transaction: those that can be seen to read only. Whatever is in
 * doubt begins the transaction, which is never wrong, only longer.
 */
final class PlainReads {

    /** What may stand before the first word; a comment inside a comment is left to fail. */
    static final String COMMENTS = "(?:\\s|/\\*(?:(?!/\\*).)*?\\*/)*+";

    private static final Pattern SELECT =
            Pattern.compile(COMMENTS + "\\(*\\s*select\\b.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /** Row locks and advisory locks, which end with the statement's own transaction, messages, and {@code SELECT … INTO}. */
    private static final Pattern MORE_THAN_READS = Pattern.compile(
            "\\bfor\\s+(no\\s+key\\s+)?(update|share)\\b|\\bfor\\s+key\\s+share\\b|\\bpg_(try_)?advisory_|\\bpg_notify\\b|\\binto\\b|;",
            Pattern.CASE_INSENSITIVE);

    private PlainReads() {}

    static boolean isRead(String sql) {
        return SELECT.matcher(sql).matches() && !MORE_THAN_READS.matcher(sql).find();
    }
}
