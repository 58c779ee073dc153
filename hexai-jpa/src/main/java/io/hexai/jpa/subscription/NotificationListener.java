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
    private final Duration echoWithin;
    private final Pace pace = new Pace();
    private final Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));
    private volatile @Nullable Connection current;
    private boolean knownToBeDeaf;

    /** Finds out whether it hears its own call, sent on a connection of the pool, within a time. */
    NotificationListener(ListenConnections connections, WakeUps wakeUps, Duration echoWithin) {
        this.connections = connections;
        this.wakeUps = wakeUps;
        this.echoWithin = echoWithin;
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
        boolean awaitsEcho = !knownToBeDeaf && wakeUps.call();
        while (!pace.isStopped()) {
            PGNotification[] notifications =
                    server.getNotifications(awaitsEcho ? (int) echoWithin.toMillis() : SILENCE_MILLIS);
            boolean silent = notifications == null || notifications.length == 0;
            if (awaitsEcho && silent) {
                warnOfDeafness();
            }
            awaitsEcho = false;
            if (notifications == null || silent) {
                // Finds out whether the connection still lives.
                execute(connection, "SELECT 1");
            } else {
                for (PGNotification notification : notifications) {
                    wakeUps.heard(notification.getParameter());
                }
            }
        }
    }

    private void warnOfDeafness() {
        knownToBeDeaf = true;
        LOG.warn(
                "Subscriptions listen to {}, but have not heard their own NOTIFY within {}: what other processes store they find by"
                        + " polling only. Behind pgbouncer in transaction mode that is so; nothing is lost but the time of a pollInterval.",
                WakeUps.CHANNEL,
                echoWithin);
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
