package io.hexai.jpa.database;

import io.hexai.jpa.internal.SqlScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A migration's SQL: what applies it, and after a line {@code -- rollback} what takes it back. The statements must not end
 * the transaction in which the ledger is written.
 */
final class MigrationScript {

    private static final Set<String> TRANSACTION_CONTROL = Set.of("BEGIN", "COMMIT", "END", "ABORT");
    private static final int WORDS_THAT_MATTER = 8;

    private final String location;
    private final String text;
    private final List<String> words = new ArrayList<>();
    private final List<String> forward = new ArrayList<>();
    private final List<String> rollback = new ArrayList<>();
    private int statementStart;
    private int firstWord;
    private int parentheses;
    private int blocks;
    private int rollbackStart = -1;

    private MigrationScript(String location, String text) {
        this.location = location;
        this.text = text;
        new SqlScanner(text, new Statements()).scan();
        endStatement(text.length(), text.length());
    }

    /** Reads a script, and fails if it controls transactions. */
    static MigrationScript parse(String location, String text) {
        return new MigrationScript(location, text);
    }

    /** Returns the text that applies the migration. */
    String forwardText() {
        return rollbackStart < 0 ? text : text.substring(0, rollbackStart);
    }

    /** Returns the statements that apply the migration. The driver splits a script too, but not after a body in SQL. */
    List<String> forward() {
        return forward;
    }

    /** Returns the statements that take the migration back, or null if the script does not say. */
    @Nullable
    List<String> rollback() {
        return rollbackStart < 0 ? null : rollback;
    }

    private void endStatement(int end, int next) {
        if (isTransactionControl()) {
            long line =
                    text.substring(0, firstWord).chars().filter(c -> c == '\n').count() + 1;
            throw new InvalidMigrationException(
                    location,
                    String.join(" ", words) + " in line " + line
                            + " controls the transaction, in which the migration and its"
                            + " record are committed together; remove it",
                    null);
        }
        if (!words.isEmpty()) {
            (rollbackStart < 0 ? forward : rollback).add(text.substring(statementStart, end));
        }
        statementStart = next;
        words.clear();
        parentheses = 0;
        blocks = 0;
    }

    private boolean isTransactionControl() {
        return switch (word(0)) {
            case "ROLLBACK" -> !word(1).equals("TO") && !word(2).equals("TO");
            case "START", "PREPARE" -> word(1).equals("TRANSACTION");
            default -> TRANSACTION_CONTROL.contains(word(0));
        };
    }

    private String word(int index) {
        return index < words.size() ? words.get(index) : "";
    }

    /** Whether the statement may have a body in SQL, with statements of its own between BEGIN ATOMIC and END. */
    private boolean createsRoutine() {
        return word(0).equals("CREATE") && (words.contains("FUNCTION") || words.contains("PROCEDURE"));
    }

    private final class Statements implements SqlScanner.Listener {

        @Override
        public void word(String word, int offset) {
            String upper = word.toUpperCase(Locale.ROOT);
            if (words.isEmpty()) {
                firstWord = offset;
            }
            if (words.size() < WORDS_THAT_MATTER) {
                words.add(upper);
            }
            if (createsRoutine()) {
                trackBlock(upper);
            }
        }

        private void trackBlock(String word) {
            if (word.equals("BEGIN") || (word.equals("CASE") && blocks > 0)) {
                blocks++;
            } else if (word.equals("END") && blocks > 0) {
                blocks--;
            }
        }

        @Override
        public void symbol(char symbol, int offset) {
            switch (symbol) {
                case '(' -> parentheses++;
                case ')' -> parentheses--;
                case ';' -> {
                    if (parentheses <= 0 && blocks == 0) {
                        endStatement(offset, offset + 1);
                    }
                }
                default -> {}
            }
        }

        @Override
        public void lineComment(int start, int end) {
            int lineStart = text.lastIndexOf('\n', start) + 1;
            boolean aloneInItsLine = text.substring(lineStart, start).isBlank();
            if (rollbackStart < 0
                    && aloneInItsLine
                    && text.substring(start + 2, end).strip().equalsIgnoreCase("rollback")) {
                endStatement(lineStart, end);
                rollbackStart = lineStart;
            }
        }
    }
}
