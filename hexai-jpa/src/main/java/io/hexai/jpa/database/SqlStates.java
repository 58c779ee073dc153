package io.hexai.jpa.database;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the SQLSTATEs mean that this package decides by. */
final class SqlStates {

    private static final Set<String> ALREADY_EXISTS = Set.of("42P04", "23505");
    private static final String NO_SUCH_DATABASE = "3D000";
    private static final Set<String> NO_ADMISSION = Set.of("28000", "42501");
    private static final Set<String> NOT_YET_UP = Set.of("57P01", "57P02", "57P03", "53300");

    private SqlStates() {}

    /** The second code is a creation that runs at the same moment: the name is taken in the catalog, and not yet visible. */
    static boolean isDatabaseExists(SQLException e) {
        return ALREADY_EXISTS.contains(stateOf(e));
    }

    static boolean isNoSuchDatabase(SQLException e) {
        return NO_SUCH_DATABASE.equals(stateOf(e));
    }

    static boolean isNotAdmitted(SQLException e) {
        return NO_ADMISSION.contains(stateOf(e));
    }

    /** Unreachable, or reachable and starting, stopping or full. */
    static boolean isServerNotReady(SQLException e) {
        return stateOf(e).startsWith("08") || NOT_YET_UP.contains(stateOf(e));
    }

    private static String stateOf(SQLException e) {
        @Nullable String state = e.getSQLState();
        return state == null ? "" : state;
    }
}
