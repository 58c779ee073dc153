package io.hexai.jpa.transaction;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Applies the options of a transaction at its begin. All of them travel in one statement, in the round trip that carries
 * the driver's BEGIN, and all end with the transaction, so that nothing has to be undone on the connection. Default
 * options send nothing.
 */
record BeginStatement(TransactionOptions options, @Nullable Deadline deadline) {

    /** The server keeps these settings in a signed integer of milliseconds; it is more than 24 days. */
    private static final Duration LONGEST = Duration.ofMillis(Integer.MAX_VALUE);

    private static final int FIRST_WITH_TRANSACTION_TIMEOUT = 17;

    void sendTo(Connection connection) throws SQLException {
        if (sendsNothing()) {
            return;
        }
        String sql = sql(connection.getMetaData().getDatabaseMajorVersion());
        if (!sql.isEmpty()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }
    }

    private boolean sendsNothing() {
        return options.isolation() == null
                && options.readOnly() == null
                && options.lockTimeout() == null
                && deadline == null;
    }

    private String sql(int serverVersion) {
        List<String> statements = new ArrayList<>(2);
        String characteristics = characteristics();
        if (!characteristics.isEmpty()) {
            statements.add("SET TRANSACTION" + characteristics);
        }
        List<String> settings = settings(serverVersion);
        if (!settings.isEmpty()) {
            statements.add("SELECT " + String.join(", ", settings));
        }
        return String.join("; ", statements);
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
