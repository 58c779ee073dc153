package io.hexai.jpa.subscription;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on one connection of its own for all subscriptions of a factory, and makes a new one when it is lost. Without one,
 * subscriptions poll.
 */
final class NotificationListener implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(EventSubscription.class);
    private static final int SILENCE_MILLIS = 30_000;

    private final ListenConnections connections;
    private final WakeUps wakeUps;
    private final Pace pace = new Pace();
    private final Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));
    private volatile @Nullable Connection current;

    NotificationListener(ListenConnections connections, WakeUps wakeUps) {
        this.connections = connections;
        this.wakeUps = wakeUps;
    }

    @Override
    public void run() {
        while (!pace.isStopped()) {
            try (Connection connection = connections.open()) {
                current = connection;
                listen(connection);
            } catch (SQLException | RuntimeException e) {
                if (!pace.isStopped()) {
                    LOG.debug("No connection to listen on; subscriptions poll until there is one", e);
                    pace.rest(backoff.next());
                }
            } finally {
                current = null;
            }
        }
    }

    private void listen(Connection connection) throws SQLException {
        connection.setAutoCommit(true);
        execute(connection, "LISTEN " + WakeUps.CHANNEL);
        backoff.reset();
        wakeUps.wakeAll();
        PGConnection server = connection.unwrap(PGConnection.class);
        while (!pace.isStopped()) {
            PGNotification[] notifications = server.getNotifications(SILENCE_MILLIS);
            if (notifications == null || notifications.length == 0) {
                // Finds out whether the connection still lives.
                execute(connection, "SELECT 1");
            } else {
                for (PGNotification notification : notifications) {
                    wakeUps.heard(notification.getParameter());
                }
            }
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    void stop() {
        pace.stop();
        Connection listening = current;
        if (listening != null) {
            try {
                listening.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("The connection that was listened on could not be cut off", e);
            }
        }
    }
}
