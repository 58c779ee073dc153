package io.hexai.jpa.event;

import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.RetryPolicy;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManagerFactory;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import org.hibernate.Session;

/**
 * Moves an event table from one {@link PositionStrategy} to the other, also while programs write it. From then on, programs
 * that still use the other strategy can neither append nor read on: they fail with an {@link EventTableException}, or stop in
 * front of the first event after the move, until they are started again with the new one. No event is lost, skipped or given
 * a position that was passed. Thread-safe.
 */
public final class EventPositions {

    private static final Duration LOCK_PATIENCE = Duration.ofMillis(500);
    private static final int MAX_ATTEMPTS = 20;

    private final UnitOfWork moving;
    private final EventTable table;

    private EventPositions(UnitOfWork moving, EventTable table) {
        this.moving = moving;
        this.table = table;
    }

    /**
     * Returns the positions of the default table, {@code hexai__events}.
     *
     * @param unitOfWork of a user who owns the table
     * @return the positions
     */
    public static EventPositions of(UnitOfWork unitOfWork) {
        return of(unitOfWork, HexaiEvent.class);
    }

    /**
     * Returns the positions of another table.
     *
     * @param unitOfWork of a user who owns the table
     * @param entity maps it
     * @return the positions
     * @throws IllegalArgumentException if the entity is not part of the persistence unit
     */
    public static EventPositions of(UnitOfWork unitOfWork, Class<? extends EventEntity> entity) {
        return of(unitOfWork, entity, LOCK_PATIENCE, RetryPolicy.attempts(MAX_ATTEMPTS));
    }

    static EventPositions of(
            UnitOfWork unitOfWork, Class<? extends EventEntity> entity, Duration lockPatience, RetryPolicy attempts) {
        EntityManagerFactory factory = unitOfWork
                .with(TransactionOptions.defaults())
                .call(entityManager -> entityManager.getEntityManagerFactory());
        TransactionOptions options = TransactionOptions.defaults()
                .withPropagation(Propagation.NEW)
                .withLockTimeout(lockPatience)
                .withRetry(attempts)
                .withName("move of event positions");
        return new EventPositions(unitOfWork.with(options), EventTable.of(factory, entity));
    }

    /**
     * Moves the table, in a transaction of its own, which waits for running appends. It waits half a second at a time and then
     * makes way, so that writers are not held up by a long transaction either. Does nothing if the table was moved there
     * before.
     *
     * @param strategy what all programs use from now on
     * @throws jakarta.persistence.PersistenceException if appending transactions were running at each of some twenty
     *     attempts; nothing is changed
     */
    public void moveTo(PositionStrategy strategy) {
        Objects.requireNonNull(strategy, "strategy");
        moving.run(entityManager ->
                entityManager.unwrap(Session.class).doWork(connection -> moveTo(strategy, connection)));
    }

    private void moveTo(PositionStrategy strategy, Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("LOCK TABLE " + table.counter() + ", " + table.name() + " IN SHARE ROW EXCLUSIVE MODE");
            if (!isAt(strategy, statement)) {
                long last = last(statement);
                statement.execute(
                        switch (strategy) {
                            case COUNTER -> endSequence(last) + startCounter(last);
                            case SEQUENCE -> endCounter() + startSequence(last);
                        });
            }
        }
    }

    /** A new table is ready for both. */
    private boolean isAt(PositionStrategy strategy, Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT EXISTS (SELECT FROM " + table.counter()
                + "), s.seqmax < " + Long.MAX_VALUE + " FROM pg_sequence s WHERE s.seqrelid = "
                + table.sequenceLiteral())) {
            row.next();
            boolean counts = row.getBoolean(1);
            boolean draws = !row.getBoolean(2);
            return switch (strategy) {
                case COUNTER -> counts && !draws;
                case SEQUENCE -> draws && !counts;
            };
        }
    }

    /** Greater than any position that was given, or that a checkpoint may hold. */
    private long last(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT greatest((" + PositionLocks.lastDrawn(table) + "),"
                + " (SELECT coalesce(max(" + table.position() + "), 0) FROM " + table.name() + "),"
                + " (SELECT coalesce(max(last_position), 0) FROM " + table.counter() + "))")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** At its greatest value, it gives no other. The server wants that to be greater than the least one. */
    private String endSequence(long last) {
        long greatest = Math.max(2, last);
        return "ALTER SEQUENCE " + table.sequence() + " MAXVALUE " + greatest + "; SELECT setval("
                + table.sequenceLiteral() + ", " + greatest + ");";
    }

    private String startSequence(long last) {
        return "ALTER SEQUENCE " + table.sequence() + " NO MAXVALUE; SELECT setval(" + table.sequenceLiteral() + ", "
                + Math.max(1, last) + ", " + (last > 0) + ");";
    }

    private String endCounter() {
        return "DELETE FROM " + table.counter() + ";";
    }

    private String startCounter(long last) {
        return "INSERT INTO " + table.counter() + " (id, last_position) VALUES (1, " + last
                + ") ON CONFLICT (id) DO UPDATE SET last_position = excluded.last_position;";
    }
}
