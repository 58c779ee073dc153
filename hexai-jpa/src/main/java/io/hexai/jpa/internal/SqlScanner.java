package io.hexai.jpa.internal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Walks through SQL as PostgreSQL's lexer does, so far as is needed to tell its words from what stands in strings, quoted
 * names, dollar quotes and comments. Follows "Lexical Structure" in PostgreSQL's manual, with standard-conforming strings.
 */
public final class SqlScanner {

    private static final Pattern DOLLAR_QUOTE = Pattern.compile("\\$([\\p{L}_][\\p{L}\\p{N}_]*)?\\$");

    private static final Pattern CONTINUATION = Pattern.compile("[ \\t\\f]*[\\r\\n]\\s*(?=')");

    private final String sql;
    private final Listener listener;
    private int position;

    /**
     * Prepares to walk through a text.
     *
     * @param sql one statement or several
     * @param listener hears of what stands outside of quotes and block comments
     */
    public SqlScanner(String sql, Listener listener) {
        this.sql = sql;
        this.listener = listener;
    }

    /** Walks to the end; the listener hears of everything in the order of the text. */
    public void scan() {
        while (position < sql.length()) {
            step(sql.charAt(position));
        }
    }

    private void step(char c) {
        if (sql.startsWith("--", position)) {
            lineComment();
        } else if (sql.startsWith("/*", position)) {
            blockComment();
        } else if (c == '\'' || c == '"') {
            quoted(c, false);
        } else if (c == '$') {
            dollarQuoted();
        } else if (Character.isLetter(c) || c == '_') {
            word();
        } else if (Character.isDigit(c)) {
            position = endOfWord();
        } else {
            listener.symbol(c, position++);
        }
    }

    private void lineComment() {
        int start = position;
        int newline = sql.indexOf('\n', start);
        position = newline < 0 ? sql.length() : newline;
        listener.lineComment(start, position);
    }

    private void blockComment() {
        int depth = 0;
        do {
            if (sql.startsWith("/*", position)) {
                depth++;
                position += 2;
            } else if (sql.startsWith("*/", position)) {
                depth--;
                position += 2;
            } else {
                position++;
            }
        } while (depth > 0 && position < sql.length());
    }

    /** A doubled quote within ends here and begins the next one at once, which comes to the same. */
    private void quoted(char quote, boolean backslashes) {
        position++;
        while (position < sql.length()) {
            char c = sql.charAt(position++);
            if (c == quote) {
                return;
            }
            if (c == '\\' && backslashes) {
                position++;
            }
        }
    }

    private void dollarQuoted() {
        Matcher opening = DOLLAR_QUOTE.matcher(sql).region(position, sql.length());
        if (!opening.lookingAt()) {
            position++;
            return;
        }
        int closing = sql.indexOf(opening.group(), opening.end());
        position = closing < 0 ? sql.length() : closing + opening.group().length();
    }

    private void word() {
        int start = position;
        position = endOfWord();
        String word = sql.substring(start, position);
        if (word.equalsIgnoreCase("e") && position < sql.length() && sql.charAt(position) == '\'') {
            escapedString();
        } else {
            listener.word(word, start);
        }
    }

    /** Goes on in the next line, if that begins with a quote, and in the same way. */
    private void escapedString() {
        do {
            quoted('\'', true);
            Matcher continuation = CONTINUATION.matcher(sql).region(position, sql.length());
            if (continuation.lookingAt()) {
                position = continuation.end();
            }
        } while (position < sql.length() && sql.charAt(position) == '\'');
    }

    private int endOfWord() {
        int end = position;
        while (end < sql.length()
                && (Character.isLetterOrDigit(sql.charAt(end)) || sql.charAt(end) == '_' || sql.charAt(end) == '$')) {
            end++;
        }
        return end;
    }

    /** Hears of what stands outside of quotes and block comments. */
    public interface Listener {

        /**
         * An unquoted word.
         *
         * @param word as it stands there
         * @param offset where it begins
         */
        void word(String word, int offset);

        /**
         * A single character that belongs to none of these, a space included.
         *
         * @param symbol the character
         * @param offset where it stands
         */
        void symbol(char symbol, int offset);

        /**
         * A comment from its two hyphens to the end of its line.
         *
         * @param start where it begins
         * @param end where it ends, the line break excluded
         */
        void lineComment(int start, int end);
    }
}
