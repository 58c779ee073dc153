package io.hexai.jpa.subscription;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * The checkpoints of a subscription, and the fence around them.
 *
 * <p>Each checkpoint carries the epoch of its owner. A transaction that handles events begins by reading the checkpoint under
 * its epoch, and ends by moving it under its epoch: once a successor has written his own there, no transaction of a former
 * owner can commit, however long that one was away. In between it holds an advisory lock, by which the successor finds the
 * transactions of a former owner that hangs, and ends them: they would keep the rows locked that they have changed.
 */
final class Checkpoints {

    /** The first half of the locks' keys; the other is the subscription's id. */
    private static final int LOCK_SPACE = 0x48657861;

    private final SubscriptionTables tables;

    Checkpoints(SubscriptionTables tables) {
        this.tables = tables;
    }

    /** Begins a transaction that handles events; returns up to where they have been handled. */
    long begin(Connection connection, Term term, long generation, int partition) throws SQLException {
        Checkpoint checkpoint = Jdbc.first(
                connection,
                "SELECT c.position, s.paused OR s.failed_at IS NOT NULL, pg_advisory_xact_lock_shared(?, s.id) FROM "
                        + tables.checkpoints() + " c JOIN " + tables.subscriptions()
                        + " s ON s.name = c.subscription"
                        + " WHERE c.subscription = ? AND c.generation = ? AND c.partition = ? AND c.epoch = ?",
                row -> new Checkpoint(row.getLong(1), row.getBoolean(2)),
                LOCK_SPACE,
                term.subscription(),
                generation,
                partition,
                term.epoch());
        if (checkpoint == null) {
            throw new LostOwnershipException("another instance owns the subscription");
        }
        if (checkpoint.held) {
            throw new LostOwnershipException("the subscription was paused or stopped");
        }
        return checkpoint.position;
    }

    /**
     * Ends a transaction that handles events, before its commit. The checkpoint has to be where it was at the begin: an
     * earlier attempt, whose connection was lost during COMMIT, may have come through in the meantime.
     */
    void advance(Connection connection, Term term, long generation, int partition, long from, long upTo)
            throws SQLException {
        int moved = Jdbc.update(
                connection,
                "UPDATE " + tables.checkpoints() + " SET position = ?, updated_at = clock_timestamp()"
                        + " WHERE subscription = ? AND generation = ? AND partition = ? AND epoch = ? AND position = ?",
                Math.max(from, upTo),
                term.subscription(),
                generation,
                partition,
                term.epoch(),
                from);
        if (moved == 0) {
            throw new LostOwnershipException("another instance, or an earlier attempt, has moved the checkpoint");
        }
    }

    /** Returns the positions of the checkpoints that carry the term's epoch, by partition. */
    List<Long> owned(Connection connection, Term term, long generation) throws SQLException {
        return Jdbc.list(
                connection,
                "SELECT position FROM " + tables.checkpoints()
                        + " WHERE subscription = ? AND generation = ? AND epoch = ? ORDER BY partition",
                row -> row.getLong(1),
                term.subscription(),
                generation,
                term.epoch());
    }

    /** Shuts out all former owners. Waits for a transaction of theirs that is just being committed. */
    void fence(Connection connection, Term term) throws SQLException {
        Jdbc.update(
                connection,
                "UPDATE " + tables.checkpoints() + " SET epoch = ? WHERE subscription = ?",
                term.epoch(),
                term.subscription());
    }

    /**
     * Ends the transactions of former owners that are still open; returns the ids of their server processes. Which ones they
     * are is settled first: of several conditions, the server may try the one that ends processes before the others.
     */
    List<Integer> endOthers(Connection connection, Term term) throws SQLException {
        return Jdbc.list(
                connection,
                "WITH others AS MATERIALIZED (SELECT DISTINCT l.pid FROM pg_locks l"
                        + " WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.mode = 'ShareLock' AND l.granted"
                        + " AND l.classid = ?::bigint::oid AND l.objid = ?::bigint::oid"
                        + " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                        + " AND l.pid <> pg_backend_pid())"
                        + " SELECT pid FROM (SELECT pid, pg_terminate_backend(pid) AS ended FROM others) e WHERE ended",
                row -> row.getInt(1),
                (long) LOCK_SPACE,
                (long) term.id());
    }

    /** Begins a transaction that changes all checkpoints of the generation that readers see. */
    void requireOwned(Connection connection, Term term, long generation, int partitions) throws SQLException {
        Jdbc.list(connection, "SELECT pg_advisory_xact_lock_shared(?, ?)", row -> true, LOCK_SPACE, term.id());
        List<Integer> owned = Jdbc.list(
                connection,
                "SELECT partition FROM " + tables.checkpoints()
                        + " WHERE subscription = ? AND generation = ? AND epoch = ? FOR UPDATE",
                row -> row.getInt(1),
                term.subscription(),
                generation,
                term.epoch());
        if (owned.size() != partitions) {
            throw new LostOwnershipException("another instance has taken over");
        }
    }

    void remove(Connection connection, Term term, long generation) throws SQLException {
        Jdbc.update(
                connection,
                "DELETE FROM " + tables.checkpoints() + " WHERE subscription = ? AND generation = ?",
                term.subscription(),
                generation);
    }

    void removeAllBut(Connection connection, Term term, long generation) throws SQLException {
        Jdbc.update(
                connection,
                "DELETE FROM " + tables.checkpoints() + " WHERE subscription = ? AND generation <> ?",
                term.subscription(),
                generation);
    }

    private record Checkpoint(long position, boolean held) {}
}
