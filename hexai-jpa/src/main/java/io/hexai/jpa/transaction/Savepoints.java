package io.hexai.jpa.transaction;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The savepoints of nested scopes: those that are open, and those that the server has. What lies between is told to the server
 * before the next statement, so that a scope that sends none costs nothing. Confined to its thread.
 */
final class Savepoints {

    private static final String NO_SUCH_SAVEPOINT = "3B001";
    private static final String PROBE = "hexai_probe";

    private List<NestedSavepoint> open = List.of();
    private List<NestedSavepoint> onServer = List.of();

    NestedSavepoint add() {
        if (open.isEmpty()) {
            open = new ArrayList<>(2);
        }
        NestedSavepoint savepoint = new NestedSavepoint(nextName());
        open.add(savepoint);
        return savepoint;
    }

    /** Not that of one that the server still has: whether it was told of the new one could not be asked by name. */
    private String nextName() {
        int depth = open.size();
        String name = "hexai_" + (depth + 1);
        boolean isTaken = depth < onServer.size() && onServer.get(depth).name.equals(name);
        return isTaken ? name + "b" : name;
    }

    /** The server has to be told of some that began, or ended. */
    boolean areBehind() {
        int count = open.size();
        return count != onServer.size() || count > 0 && open.get(count - 1) != onServer.get(count - 1);
    }

    /** Adds what tells the server. */
    void addMissingTo(List<String> statements) {
        int same = countOfSame();
        if (same < onServer.size()) {
            statements.add("RELEASE SAVEPOINT " + onServer.get(same).name);
        }
        for (NestedSavepoint savepoint : open.subList(same, open.size())) {
            statements.add("SAVEPOINT " + savepoint.name);
        }
    }

    private int countOfSame() {
        int same = 0;
        while (same < open.size() && same < onServer.size() && open.get(same) == onServer.get(same)) {
            same++;
        }
        return same;
    }

    /** The server has been told. */
    void caughtUp() {
        onServer = new ArrayList<>(open);
    }

    /** The server has none any more. */
    void forget() {
        onServer = List.of();
    }

    /**
     * Finds out whether the server has been told, after a failure that does not say so. If it has, what was done since is undone. The probe
     * takes back the error by which the server says no.
     */
    void settle(Connection connection) throws SQLException {
        int same = countOfSame();
        boolean begin = same < open.size();
        String question = begin
                ? "ROLLBACK TO SAVEPOINT " + open.get(open.size() - 1).name
                : "RELEASE SAVEPOINT " + onServer.get(same).name;
        try (Statement statement = connection.createStatement()) {
            statement.execute("SAVEPOINT " + PROBE);
            boolean told = isThere(statement, question);
            if (told || !begin) {
                caughtUp();
            }
        }
    }

    private static boolean isThere(Statement statement, String question) throws SQLException {
        try {
            statement.execute(question);
            return true;
        } catch (SQLException e) {
            if (!NO_SUCH_SAVEPOINT.equals(e.getSQLState())) {
                throw e;
            }
            statement.execute("ROLLBACK TO SAVEPOINT " + PROBE + "; RELEASE SAVEPOINT " + PROBE);
            return false;
        }
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
        try (Statement statement = connection.createStatement()) {
            statement.execute("ROLLBACK TO SAVEPOINT " + savepoint.name + "; RELEASE SAVEPOINT " + savepoint.name);
        }
        onServer = new ArrayList<>(onServer.subList(0, index));
    }

    /** One of them. */
    static final class NestedSavepoint {
        private final String name;

        private NestedSavepoint(String name) {
            this.name = name;
        }
    }
}
