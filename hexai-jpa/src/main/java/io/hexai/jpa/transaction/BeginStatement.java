package io.hexai.jpa.transaction;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Applies the options of a transaction at its begin. All of them travel in the round trip that carries the driver's BEGIN, and all
 * end with the transaction, so that nothing has to be undone on the connection. Default options send nothing.
 */
record BeginStatement(TransactionOptions options, @Nullable Deadline deadline) {

    /** The server keeps these settings in a signed integer of milliseconds; it is more than 24 days. */
    private static final Duration LONGEST = Duration.ofMillis(Integer.MAX_VALUE);

    private static final int FIRST_WITH_TRANSACTION_TIMEOUT = 17;

    /** Returns the statements that apply the options. */
    List<String> statements(Connection connection) throws SQLException {
        if (options.isolation() == null
                && options.readOnly() == null
                && options.lockTimeout() == null
                && deadline == null) {
            return List.of();
        }
        List<String> statements = new ArrayList<>(2);
        String characteristics = characteristics();
        if (!characteristics.isEmpty()) {
            statements.add("SET TRANSACTION" + characteristics);
        }
        List<String> settings =
                settings(deadline == null ? 0 : connection.getMetaData().getDatabaseMajorVersion());
        if (!settings.isEmpty()) {
            statements.add("SELECT " + String.join(", ", settings));
        }
        return statements;
    }

    /** The time that is left is another one in each transaction, and a text that is never the same again is parsed each time. */
    boolean isSameInEachTransaction() {
        return deadline == null;
    }

    private String characteristics() {
        IsolationLevel isolation = options.isolation();
        return (isolation == null ? "" : " ISOLATION LEVEL " + isolation.sql())
                + (options.readOnly() == null ? "" : options.isReadOnly() ? " READ ONLY" : " READ WRITE");
    }

    private List<String> settings(int serverVersion) {
        List<String> settings = new ArrayList<>(3);
        if (options.lockTimeout() != null) {
            settings.add(setting("lock_timeout", options.lockTimeout()));
        }
        if (deadline != null) {
            settings.add(setting("statement_timeout", deadline.left()));
            if (serverVersion >= FIRST_WITH_TRANSACTION_TIMEOUT) {
                settings.add(setting("transaction_timeout", deadline.left()));
            }
        }
        return settings;
    }

    /**
     * Rounded up, so that what the server cuts short is over for the library's clock too, and at least a millisecond, since zero would
     * mean "no limit" to the server.
     */
    private static String setting(String name, Duration value) {
        long milliseconds = (value.compareTo(LONGEST) > 0 ? LONGEST : value.plusNanos(999_999)).toMillis();
        return "set_config('" + name + "', '" + Math.max(1, milliseconds) + "', true)";
    }
}
