package io.hexai.jpa.transaction;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.TransactionState;

/**
 * The savepoints of nested scopes: those that are open, and those that the server has. What lies between is told to the server
 * before the next statement, so that a scope that sends none costs nothing. Confined to its thread.
 */
final class Savepoints {

    private static final String NO_SUCH_SAVEPOINT = "3B001";
    private static final String PROBE = "hexai_probe";

    private List<NestedSavepoint> open = List.of();
    private List<NestedSavepoint> onServer = List.of();

    /** What the server has for certain, while it is not known whether it has been told; else null. */
    private @Nullable List<NestedSavepoint> certain;

    NestedSavepoint add() {
        if (open.isEmpty()) {
            open = new ArrayList<>(2);
        }
        NestedSavepoint savepoint = new NestedSavepoint("hexai_" + (open.size() + 1));
        open.add(savepoint);
        return savepoint;
    }

    /** The server has to be told of some that began, or ended. */
    boolean areBehind() {
        int count = open.size();
        return count != onServer.size() || count > 0 && open.get(count - 1) != onServer.get(count - 1);
    }

    /** Adds what tells the server. */
    void addMissingTo(List<String> statements) {
        int same = 0;
        while (same < open.size() && same < onServer.size() && open.get(same) == onServer.get(same)) {
            same++;
        }
        if (same < onServer.size()) {
            statements.add("RELEASE SAVEPOINT " + onServer.get(same).name);
        }
        for (NestedSavepoint savepoint : open.subList(same, open.size())) {
            statements.add("SAVEPOINT " + savepoint.name);
        }
    }

    /** The server has been told. */
    void caughtUp() {
        onServer = new ArrayList<>(open);
    }

    /** The server has none any more. */
    void forget() {
        onServer = List.of();
        certain = null;
    }

    /** The server has been told, unless a failure of the driver's own came before. */
    void mayHaveCaughtUp() {
        if (certain == null) {
            certain = onServer;
        }
        caughtUp();
    }

    /** Ends a savepoint and those inside it; the changes stay. */
    void release(NestedSavepoint savepoint) {
        int index = open.indexOf(savepoint);
        if (index >= 0) {
            open.subList(index, open.size()).clear();
        }
    }

    /** Takes back what was done since the savepoint, and ends it, so that savepoints do not pile up on the server. */
    void rollBackTo(NestedSavepoint savepoint, @Nullable Connection connection) throws SQLException {
        release(savepoint);
        int index = onServer.indexOf(savepoint);
        if (index < 0 || connection == null) {
            return;
        }
        List<NestedSavepoint> left = new ArrayList<>(onServer.subList(0, index));
        String sql = "ROLLBACK TO SAVEPOINT " + savepoint.name + "; RELEASE SAVEPOINT " + savepoint.name;
        try (Statement statement = connection.createStatement()) {
            if (certain == null || ConnectionSource.state(connection) == TransactionState.FAILED) {
                statement.execute(sql);
            } else {
                left = rolledBackIfThere(statement, sql, left);
            }
        }
        onServer = left;
    }

    /** Where the savepoint was never set, nothing was done since either; the probe takes back the error that tells so. */
    private List<NestedSavepoint> rolledBackIfThere(Statement statement, String sql, List<NestedSavepoint> left)
            throws SQLException {
        List<NestedSavepoint> before = certain == null ? left : certain;
        certain = null;
        statement.execute("SAVEPOINT " + PROBE);
        try {
            statement.execute(sql);
            return left;
        } catch (SQLException e) {
            if (!NO_SUCH_SAVEPOINT.equals(e.getSQLState())) {
                throw e;
            }
            statement.execute("ROLLBACK TO SAVEPOINT " + PROBE + "; RELEASE SAVEPOINT " + PROBE);
            return before;
        }
    }

    /** One of them. */
    static final class NestedSavepoint {
        private final String name;

        private NestedSavepoint(String name) {
            this.name = name;
        }
    }
}
