package io.hexai.jpa.event.stress;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.Callable;

/** Follows by asking for greater positions only, as one does without knowing better. */
final class PlainReader implements Callable<PlainReader> {

    final CommitTimes.Lags lags;
    long seen;

    private final StressRun run;
    private final String jdbcUrl;
    private long after;

    PlainReader(StressRun run, String jdbcUrl) {
        this.run = run;
        this.jdbcUrl = jdbcUrl;
        this.lags = run.commits.new Lags();
    }

    @Override
    public PlainReader call() throws SQLException {
        while (true) {
            try (Connection connection = DriverManager.getConnection(jdbcUrl);
                    PreparedStatement next = connection.prepareStatement("SELECT position, headers, payload FROM"
                            + " hexai__events WHERE position > ? ORDER BY position LIMIT 500")) {
                follow(next);
                return this;
            } catch (SQLException e) {
                if (!StressRun.isOfACrash(e)) {
                    throw e;
                }
            }
        }
    }

    private void follow(PreparedStatement next) throws SQLException {
        boolean isWritten;
        long before;
        do {
            isWritten = run.isWritten();
            before = seen;
            next.setLong(1, after);
            try (ResultSet rows = next.executeQuery()) {
                while (rows.next()) {
                    after = rows.getLong(1);
                    lags.saw(after);
                    seen++;
                }
            }
        } while (!isWritten || seen > before);
    }
}
