package io.hexai.jpa.test;

import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A place where a fault is to strike. Immutable; each call of a method arms one fault. */
public final class FaultPoint {

    private static final Pattern SQL_STATE = Pattern.compile("(?!00)[0-9A-Z]{5}");

    private final ArmedFaults faults;
    private final @Nullable Thread only;
    private final @Nullable Predicate<? super ExecutedStatement> statements;
    private final int number;

    FaultPoint(
            ArmedFaults faults,
            @Nullable Thread only,
            @Nullable Predicate<? super ExecutedStatement> statements,
            int number) {
        this.faults = faults;
        this.only = only;
        this.statements = statements;
        this.number = number;
    }

    /**
     * Lets the server answer with an error. The statement is not executed, and the transaction has failed as it does after any
     * error; a COMMIT rolls back.
     *
     * @param sqlState five digits and capital letters, such as {@code 40001} for a serialization failure, {@code 40P01} for a
     *     deadlock, {@code 23505} for a unique violation
     * @throws IllegalArgumentException if it is no SQLSTATE of an error
     */
    public void fail(String sqlState) {
        if (!SQL_STATE.matcher(sqlState).matches()) {
            throw new IllegalArgumentException(
                    "'" + sqlState
                            + "' is no SQLSTATE of an error; those are five digits or capital letters and do not start with 00");
        }
        arm(new FaultEffect.Fail(sqlState));
    }

    /** Cuts the connection before the statement or COMMIT reaches the server, which then rolls back. */
    public void loseConnection() {
        arm(new FaultEffect.LoseConnection());
    }

    /**
     * Cuts the connection after the server has done what was asked, before its answer arrives: a COMMIT has committed, and the
     * client cannot know.
     */
    public void loseConnectionAfterwards() {
        arm(new FaultEffect.LoseConnectionAfterwards());
    }

    private void arm(FaultEffect effect) {
        faults.arm(new ArmedFault(only, statements, number, effect));
    }
}
