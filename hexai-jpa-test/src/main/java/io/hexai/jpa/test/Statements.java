package io.hexai.jpa.test;

import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.opentest4j.AssertionFailedError;

/**
 * What a {@link StatementLog} saw of a piece of code. Immutable.
 *
 * @param list the statements in the order in which they were sent, those that failed among them
 * @param commits how many transactions were committed, or tried to
 * @param rollbacks how many transactions were rolled back as a whole
 */
public record Statements(List<ExecutedStatement> list, int commits, int rollbacks) {

    private static final Pattern FIRST_WORD =
            Pattern.compile("^(?:\\s|/\\*.*?\\*/|--[^\\n]*\\n)*(\\w+)", Pattern.DOTALL);

    /**
     * Makes an immutable copy.
     *
     * @param list the statements
     * @param commits how many commits
     * @param rollbacks how many rollbacks
     */
    public Statements {
        list = List.copyOf(list);
    }

    /**
     * Counts the statements; a batch is one.
     *
     * @return how many
     */
    public int count() {
        return list.size();
    }

    /**
     * Returns the texts of the statements.
     *
     * @return in the order in which they were sent
     */
    public List<String> sql() {
        return list.stream().map(ExecutedStatement::sql).toList();
    }

    /**
     * Keeps those statements that begin with a word, such as {@code select}, in any case.
     *
     * @param word the first word after comments
     * @return those statements, with the same commits and rollbacks
     */
    public Statements startingWith(String word) {
        return matching(statement -> {
            Matcher matcher = FIRST_WORD.matcher(statement.sql());
            return matcher.find() && matcher.group(1).equalsIgnoreCase(word);
        });
    }

    /**
     * Keeps those statements that contain a text, in any case.
     *
     * @param text such as the name of a table
     * @return those statements, with the same commits and rollbacks
     */
    public Statements containing(String text) {
        String sought = text.toLowerCase(Locale.ROOT);
        return matching(statement -> statement.sql().toLowerCase(Locale.ROOT).contains(sought));
    }

    /**
     * Keeps those statements that a condition holds for.
     *
     * @param condition tells which
     * @return those statements, with the same commits and rollbacks
     */
    public Statements matching(Predicate<? super ExecutedStatement> condition) {
        return new Statements(list.stream().filter(condition).toList(), commits, rollbacks);
    }

    /**
     * Fails unless there are so many statements.
     *
     * @param expected how many
     * @return this
     * @throws AssertionFailedError with all statements, if there are more or fewer
     */
    public Statements assertCount(int expected) {
        if (count() != expected) {
            throw new AssertionFailedError(
                    "Expected " + expected + " statements but there were " + this, expected, count());
        }
        return this;
    }

    /**
     * Fails if there are more statements.
     *
     * @param limit how many there may be
     * @return this
     * @throws AssertionFailedError with all statements, if there are more
     */
    public Statements assertAtMost(int limit) {
        if (count() > limit) {
            throw new AssertionFailedError(
                    "Expected at most " + limit + " statements but there were " + this, limit, count());
        }
        return this;
    }

    /**
     * Fails if there is any statement.
     *
     * @return this
     * @throws AssertionFailedError with all statements, if there are any
     */
    public Statements assertNone() {
        return assertCount(0);
    }

    /** Returns the statements, one a line. */
    @Override
    public String toString() {
        return count() + ":"
                + list.stream().map(statement -> "\n  " + statement).collect(Collectors.joining()) + "\n  (" + commits
                + " commits, " + rollbacks + " rollbacks)";
    }
}
