package io.hexai.jpa.subscription;

import io.hexai.jpa.transaction.UnitOfWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.hibernate.Session;
import org.hibernate.jdbc.ReturningWork;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the row of a subscription, each time in a short transaction. Times are the server's. Thread-safe.
 *
 * <p>Whoever holds the row's lock keeps all others from taking over. A process that is stopped, or cut off, between the
 * statement that locks it and its COMMIT must not do so for ever: with the lock goes a setting by which the server itself ends the
 * transaction of a client that is silent.
 */
final class SubscriptionRows {

    private static final String LEASE_END = "clock_timestamp() + ? * interval '1 millisecond'";

    private static final String BE_SWIFT = "set_config('idle_in_transaction_session_timeout', '2000', true)";

    private static final Duration LOCK_TIMEOUT = Duration.ofMillis(500);

    /** However short a lease is, a server that is slow has not vanished. */
    private static final long LEAST_NETWORK_TIMEOUT = 2_000;

    private final SubscriptionTables tables;
    private final UnitOfWork unitOfWork;
    private final String name;

    SubscriptionRows(SubscriptionTables tables, UnitOfWork unitOfWork, String name) {
        this.tables = tables;
        this.unitOfWork = unitOfWork;
        this.name = name;
    }

    <T extends @Nullable Object> T call(ReturningWork<T> work) {
        return unitOfWork.call(
                entityManager -> entityManager.unwrap(Session.class).doReturningWork(work));
    }

    /**
     * For whoever must not wait for a server that has vanished without a word: the driver would, until the system gives the connection
     * up, a quarter of an hour later.
     */
    private <T extends @Nullable Object> T callWithin(Duration time, ReturningWork<T> work) {
        return call(connection -> {
            NetworkTimeout limit = NetworkTimeout.set(
                    connection, (int) Math.min(Integer.MAX_VALUE, Math.max(LEAST_NETWORK_TIMEOUT, time.toMillis())));
            try (limit) {
                return work.execute(connection);
            }
        });
    }

    /** What an owner does with his connection, and the row as it is then. */
    @FunctionalInterface
    interface OwnersWork<T> {
        T run(Connection connection, SubscriptionRow row) throws SQLException;
    }

    /**
     * Does in a transaction what must not be done by a former owner: nobody takes over meanwhile. So it waits for no lock longer
     * than for a moment.
     *
     * @throws LostOwnershipException if somebody has taken over
     */
    <T extends @Nullable Object> T callAsOwner(Term term, OwnersWork<T> work) {
        return unitOfWork
                .with(options -> options.withLockTimeout(LOCK_TIMEOUT))
                .call(entityManager -> entityManager.unwrap(Session.class).doReturningWork(connection -> {
                    SubscriptionRow row = Jdbc.first(
                            connection,
                            "SELECT " + SubscriptionRow.COLUMNS + ", " + BE_SWIFT + " FROM " + tables.subscriptions()
                                    + " WHERE name = ? AND epoch = ? AND owner = ? FOR UPDATE",
                            SubscriptionRow::read,
                            name,
                            term.epoch(),
                            term.owner());
                    if (row == null) {
                        throw new LostOwnershipException("another instance has taken over");
                    }
                    return work.run(connection, row);
                }));
    }

    /** Writes the row and its checkpoints, if there is none yet. */
    void register(SubscriptionSettings settings) {
        if (read() != null) {
            return;
        }
        long start = settings.start().in(settings.store());
        call(connection -> {
            boolean added = change(
                    connection,
                    "INSERT INTO " + tables.subscriptions()
                            + " (name, event_table, start_position, version, partitions) VALUES (?, ?, ?, ?, ?)"
                            + " ON CONFLICT (name) DO NOTHING",
                    name,
                    settings.store().table(),
                    start,
                    settings.version(),
                    settings.partitions());
            if (added) {
                addCheckpoints(connection, new Term(name, 0, 0, ""), 1, settings.partitions(), start);
            }
            return added;
        });
    }

    void addCheckpoints(Connection connection, Term term, long generation, int partitions, long position)
            throws SQLException {
        Jdbc.update(
                connection,
                "INSERT INTO " + tables.checkpoints()
                        + " (subscription, generation, partition, position, epoch)"
                        + " SELECT ?, ?, p, ?, ? FROM generate_series(0, ? - 1) p",
                name,
                generation,
                position,
                term.epoch(),
                partitions);
    }

    @Nullable
    SubscriptionRow read() {
        return call(this::read);
    }

    @Nullable
    SubscriptionRow read(Connection connection) throws SQLException {
        return Jdbc.first(
                connection,
                "SELECT " + SubscriptionRow.COLUMNS + " FROM " + tables.subscriptions() + " WHERE name = ?",
                SubscriptionRow::read,
                name);
    }

    /**
     * Becomes the owner if there is none, and none with newer handlers has been. An instance that did not come further than
     * this may try again at once.
     */
    @Nullable
    SubscriptionRow acquire(String owner, Duration lease, int version) {
        return callWithin(
                lease,
                connection -> Jdbc.first(
                        connection,
                        "UPDATE " + tables.subscriptions() + " SET owner = ?, epoch = epoch + 1, lease_until = "
                                + LEASE_END
                                + " WHERE name = ? AND version <= ? AND (owner IS NULL OR owner = ? OR lease_until < clock_timestamp())"
                                + " RETURNING " + SubscriptionRow.COLUMNS + ", " + BE_SWIFT,
                        SubscriptionRow::read,
                        owner,
                        lease.toMillis(),
                        name,
                        version,
                        owner));
    }

    /** Returns null if another instance has become the owner. */
    @Nullable
    SubscriptionRow renew(Term term, Duration lease) {
        return callWithin(
                lease,
                connection -> Jdbc.first(
                        connection,
                        "UPDATE " + tables.subscriptions() + " SET lease_until = " + LEASE_END
                                + " WHERE name = ? AND epoch = ? AND owner = ? RETURNING " + SubscriptionRow.COLUMNS
                                + ", "
                                + BE_SWIFT,
                        SubscriptionRow::read,
                        lease.toMillis(),
                        name,
                        term.epoch(),
                        term.owner()));
    }

    void release(Term term) {
        command("owner = NULL, lease_until = NULL WHERE name = ? AND epoch = ?", name, term.epoch());
    }

    void pause() {
        command("paused = true WHERE name = ?", name);
    }

    void resume() {
        command(
                "paused = false, failed_at = NULL, failed_position = NULL, failed_type = NULL, failed_attempts = NULL,"
                        + " failure = NULL, broken = false WHERE name = ?",
                name);
    }

    void stop(Term term, SubscriptionFailure failure) {
        command(
                "failed_at = clock_timestamp(), failed_position = ?, failed_type = ?, failed_attempts = ?, failure = ?,"
                        + " broken = ? WHERE name = ? AND epoch = ?",
                failure.position(),
                failure.eventType(),
                failure.attempts(),
                failure.message(),
                failure.isError(),
                name,
                term.epoch());
    }

    void requestRebuild() {
        command("rebuild_requested_at = clock_timestamp(), rebuild_failure = NULL WHERE name = ?", name);
    }

    void rebuildFailed(Term term, String why) {
        command(
                "rebuild_requested_at = NULL, rebuild_failure = ? WHERE name = ? AND epoch = ?",
                why,
                name,
                term.epoch());
    }

    /** In the transaction that makes the new generation the one that readers see. */
    void rebuilt(Connection connection, Term term, long generation, int version, int partitions) throws SQLException {
        changeAsOwner(
                connection,
                "UPDATE " + tables.subscriptions()
                        + " SET generation = ?, version = ?, partitions = ?, rebuild_requested_at = NULL, rebuild_failure = NULL"
                        + " WHERE name = ? AND epoch = ?",
                generation,
                version,
                partitions,
                name,
                term.epoch());
    }

    void setPartitions(Connection connection, Term term, int partitions) throws SQLException {
        changeAsOwner(
                connection,
                "UPDATE " + tables.subscriptions() + " SET partitions = ? WHERE name = ? AND epoch = ?",
                partitions,
                name,
                term.epoch());
    }

    /** Without the row's change, the rest of the transaction must not be either. */
    private static void changeAsOwner(Connection connection, String sql, @Nullable Object... parameters)
            throws SQLException {
        if (!change(connection, sql, parameters)) {
            throw new LostOwnershipException("another instance has taken over");
        }
    }

    /** Changes the row, and wakes whoever has to know. */
    private void command(String change, @Nullable Object... parameters) {
        call(connection -> {
            boolean changed = change(connection, "UPDATE " + tables.subscriptions() + " SET " + change, parameters);
            WakeUps.send(connection, WakeUps.ofSubscription(name));
            return changed;
        });
    }

    /** Returns whether there was a row to change. */
    private static boolean change(Connection connection, String sql, @Nullable Object... parameters)
            throws SQLException {
        return !Jdbc.list(connection, sql + " RETURNING " + BE_SWIFT, row -> true, parameters)
                .isEmpty();
    }

    /** The checkpoints that readers see, by partition; empty if there is no row. */
    List<Long> positions() {
        return call(connection -> Jdbc.list(
                connection,
                "SELECT c.position FROM " + tables.subscriptions() + " s JOIN " + tables.checkpoints()
                        + " c ON c.subscription = s.name AND c.generation = s.generation WHERE s.name = ?"
                        + " ORDER BY c.partition",
                row -> row.getLong(1),
                name));
    }
}
