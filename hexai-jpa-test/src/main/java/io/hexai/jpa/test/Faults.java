package io.hexai.jpa.test;

import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes statements and commits on the test database fail. A test takes it as a parameter:
 *
 * <pre>{@code
 * faults.atStatement(3).fail("40001");
 * faults.atCommit().loseConnectionAfterwards();
 * }</pre>
 *
 * <p>A fault strikes once, on the thread that asked for it unless said otherwise, and only connections of the injected objects. What
 * counts as a statement is what a {@link StatementLog} shows. Faults that have not struck are gone when the test ends.
 *
 * <p>Thread-safe.
 */
public final class Faults {

    private final ArmedFaults armed;
    private final boolean allThreads;

    Faults(ArmedFaults armed, boolean allThreads) {
        this.armed = armed;
        this.allThreads = allThreads;
    }

    /**
     * Returns a view whose faults strike whatever thread comes first.
     *
     * @return the view
     */
    public Faults ofAllThreads() {
        return new Faults(armed, true);
    }

    /**
     * Chooses a statement by counting from now.
     *
     * @param number 1 for the next one
     * @return where the fault strikes; say next how
     * @throws IllegalArgumentException if the number is not positive
     */
    public FaultPoint atStatement(int number) {
        if (number < 1) {
            throw new IllegalArgumentException("Statements are counted from 1, but " + number + " was given");
        }
        return new FaultPoint(armed, thread(), statement -> true, number);
    }

    /**
     * Chooses the next statement that contains a text, in any case.
     *
     * @param text such as {@code insert into note}
     * @return where the fault strikes; say next how
     */
    public FaultPoint atStatementContaining(String text) {
        String sought = text.toLowerCase(Locale.ROOT);
        return atStatementMatching(
                statement -> statement.sql().toLowerCase(Locale.ROOT).contains(sought));
    }

    /**
     * Chooses the next statement that a condition holds for.
     *
     * @param condition called for each statement until it holds
     * @return where the fault strikes; say next how
     */
    public FaultPoint atStatementMatching(Predicate<? super ExecutedStatement> condition) {
        return new FaultPoint(armed, thread(), condition, 1);
    }

    /**
     * Chooses the next COMMIT.
     *
     * @return where the fault strikes; say next how
     */
    public FaultPoint atCommit() {
        return new FaultPoint(armed, thread(), null, 1);
    }

    private @Nullable Thread thread() {
        return allThreads ? null : Thread.currentThread();
    }

    /**
     * Tells how many faults have yet to strike. A test that ends with some has not tested what it meant to.
     *
     * @return how many
     */
    public int pending() {
        return armed.pending();
    }

    /** Forgets the faults that have not struck. */
    public void clear() {
        armed.clear();
    }
}
