package io.hexai.jpa.subscription;

import java.sql.Connection;
import java.sql.SQLException;

/** Limits what a connection waits for the server, until it is closed: not every pool puts the old limit back. */
record NetworkTimeout(Connection connection, int millisBefore) implements AutoCloseable {

    static NetworkTimeout set(Connection connection, int millis) throws SQLException {
        NetworkTimeout before = new NetworkTimeout(connection, connection.getNetworkTimeout());
        connection.setNetworkTimeout(Runnable::run, millis);
        return before;
    }

    /** Fails where the connection is lost. */
    @Override
    public void close() throws SQLException {
        connection.setNetworkTimeout(Runnable::run, millisBefore);
    }
}
