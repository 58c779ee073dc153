package io.hexai.jpa.benchmarks;

import java.sql.SQLException;
import java.util.Map;

/** A comparison in progress: its contestants, on a database of their own, in a JVM of their own. Implement this for a new one. */
interface Contest extends AutoCloseable {

    /** Returns what each contestant does, by the names that the comparison gives them; called by several threads if it says so. */
    Map<String, Operation> operations();

    /** Prepares, outside the measured time, for a turn of the named contestant. */
    default void beforeTurn(String contestant) throws Exception {}

    /** Fails if the turn of the named contestant did not do what it should, so that its speed means nothing. */
    default void afterTurn(String contestant) throws Exception {}

    @Override
    void close() throws SQLException;

    /** Opens a contest in the JVM that runs it. */
    @FunctionalInterface
    interface Opener {
        Contest open() throws Exception;
    }
}
