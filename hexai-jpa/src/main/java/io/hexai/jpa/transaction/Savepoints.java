package io.hexai.jpa.transaction;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The savepoints of nested scopes, each set on the server as soon as there is a physical connection. Confined to its thread. */
final class Savepoints {

    private final List<NestedSavepoint> open = new ArrayList<>(0);
    private int opened;

    NestedSavepoint add() {
        NestedSavepoint savepoint = new NestedSavepoint("hexai_" + ++opened);
        open.add(savepoint);
        return savepoint;
    }

    /** Sets those that are not set yet. */
    void setOn(Connection connection) throws SQLException {
        setOn(connection, false);
    }

    /**
     * Sets those that are not set yet.
     *
     * @param seeksId whether the transaction's id is to come along in the same round trip
     * @return the id, or null if there was nothing to set, or it was not sought
     */
    @Nullable
    TransactionId setOn(Connection connection, boolean seeksId) throws SQLException {
        TransactionId id = null;
        for (NestedSavepoint savepoint : open) {
            if (!savepoint.isSet) {
                try (Statement statement = connection.createStatement()) {
                    if (seeksId && id == null) {
                        id = setWithId(savepoint, statement);
                    } else {
                        statement.execute("SAVEPOINT " + savepoint.name);
                    }
                }
                savepoint.isSet = true;
            }
        }
        return id;
    }

    private static @Nullable TransactionId setWithId(NestedSavepoint savepoint, Statement statement)
            throws SQLException {
        statement.execute("SAVEPOINT " + savepoint.name + "; " + TransactionId.QUERY);
        statement.getMoreResults();
        try (ResultSet answer = statement.getResultSet()) {
            return TransactionId.from(answer);
        }
    }

    /** Ends a savepoint and those inside it; the changes stay. */
    void release(NestedSavepoint savepoint, @Nullable Connection connection) throws SQLException {
        end(savepoint, connection, "RELEASE SAVEPOINT " + savepoint.name);
    }

    /** Takes back what was done since the savepoint, and ends it, so that savepoints do not pile up on the server. */
    void rollBackTo(NestedSavepoint savepoint, @Nullable Connection connection) throws SQLException {
        end(savepoint, connection, "ROLLBACK TO SAVEPOINT " + savepoint.name + "; RELEASE SAVEPOINT " + savepoint.name);
    }

    private void end(NestedSavepoint savepoint, @Nullable Connection connection, String sql) throws SQLException {
        open.subList(open.indexOf(savepoint), open.size()).clear();
        if (savepoint.isSet && connection != null) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }
    }

    /** One of them. */
    static final class NestedSavepoint {
        private final String name;
        private boolean isSet;

        private NestedSavepoint(String name) {
            this.name = name;
        }
    }
}
