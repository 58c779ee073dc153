package io.hexai.jpa.transaction;

/**
 * Tells most statements by their first word, which costs nothing beside a regular expression. What is in doubt, such as a text
 * that begins with a comment, is neither.
 */
final class FirstWord {

    private FirstWord() {}

    static boolean isSelect(String sql) {
        return is(sql, "select");
    }

    static boolean isWrite(String sql) {
        return is(sql, "insert") || is(sql, "update") || is(sql, "delete") || is(sql, "merge");
    }

    private static boolean is(String sql, String word) {
        int end = word.length();
        return sql.length() > end
                && sql.regionMatches(true, 0, word, 0, end)
                && !Character.isJavaIdentifierPart(sql.charAt(end));
    }
}
