package io.hexai.jpa.event;

import io.hexai.jpa.internal.TransactionIdSeeker;
import io.hexai.jpa.transaction.ResourceKey;
import io.hexai.jpa.transaction.Transaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Appends chunks of events on a connection. Thread-safe. */
final class EventWriter {

    private static final String SAVEPOINT = "hexai_append";

    /** An append to any version of a stream that keeps losing to others gives up after so many times. */
    private static final int MAX_RACES = 20;

    private final PositionStrategy strategy;
    private final AppendFailures failures;
    private final AppendText oneToNoStream;
    private final AppendText manyToNoStream;
    private final AppendText oneToStream;
    private final AppendText manyToStream;
    private final String version;
    private final ResourceKey<LowestPosition> lowestPosition;

    EventWriter(EventTable table, PositionStrategy strategy) {
        this.strategy = strategy;
        this.failures = new AppendFailures(table, strategy);
        this.oneToNoStream = AppendText.returningId(AppendSql.toNoStream(table, strategy, false));
        this.manyToNoStream = AppendText.followedById(AppendSql.toNoStream(table, strategy, true));
        this.oneToStream = AppendText.followedById(insideSavepoint(AppendSql.toStream(table, strategy, false)));
        this.manyToStream = AppendText.followedById(insideSavepoint(AppendSql.toStream(table, strategy, true)));
        this.version = AppendSql.version(table);
        this.lowestPosition = ResourceKey.of("lowest position appended to " + table.name());
    }

    /** The savepoint travels along. It keeps the transaction alive when another was first to append to the stream. */
    private static String insideSavepoint(String sql) {
        return "SAVEPOINT " + SAVEPOINT + "; " + sql + "; RELEASE SAVEPOINT " + SAVEPOINT;
    }

    /** Returns the positions, ascending. */
    List<Long> append(Transaction transaction, Connection connection, List<EncodedEvent> chunk) throws SQLException {
        LowestPosition lowest = transaction.resource(lowestPosition, LowestPosition::new);
        try {
            boolean one = chunk.size() == 1;
            List<Long> positions = insert(connection, lowest, chunk, one);
            if (positions.isEmpty() && one) {
                positions = insert(connection, lowest, chunk, false);
            }
            if (positions.size() < chunk.size()) {
                throw failures.nothingInserted();
            }
            lowest.appended(positions.get(0));
            return positions;
        } catch (SQLException e) {
            throw failures.explained(e, chunk);
        }
    }

    /** A single row tells the transaction's id itself, which takes the server less than another statement. */
    private List<Long> insert(Connection connection, LowestPosition lowest, List<EncodedEvent> chunk, boolean one)
            throws SQLException {
        TransactionIdSeeker seeker = seekerOf(connection);
        AppendText text = one ? oneToNoStream : manyToNoStream;
        try (PreparedStatement statement = prepare(connection, text.with(seeker))) {
            Parameters parameters = new Parameters(statement);
            if (strategy == PositionStrategy.COUNTER) {
                parameters.add(chunk.size()).add(chunk.size());
            }
            addEvents(parameters, connection, chunk, one);
            if (strategy == PositionStrategy.SEQUENCE) {
                parameters.add(lowest.before());
            }
            List<Long> positions;
            try (ResultSet rows = nextRows(statement, statement.execute())) {
                positions = positions(rows, chunk.size(), one ? seeker : null);
            }
            if (!one) {
                readId(statement, seeker);
            }
            return positions;
        }
    }

    private static PreparedStatement prepare(Connection connection, String sql) throws SQLException {
        return connection instanceof TransactionIdSeeker seeker
                ? seeker.prepareOwn(sql)
                : connection.prepareStatement(sql);
    }

    /** Null if nobody asks for the transaction's id, or it is known. */
    private static @Nullable TransactionIdSeeker seekerOf(Connection connection) {
        return connection instanceof TransactionIdSeeker seeker && seeker.transactionIdExpression() != null
                ? seeker
                : null;
    }

    private static void readId(PreparedStatement statement, @Nullable TransactionIdSeeker seeker) throws SQLException {
        if (seeker != null) {
            try (ResultSet answer = nextRows(statement, statement.getMoreResults())) {
                seeker.transactionIdFrom(answer);
            }
        }
    }

    /** Returns the positions and the version before, or the conflict, after which the transaction may go on. */
    StreamAppend append(
            Transaction transaction,
            Connection connection,
            List<EncodedEvent> chunk,
            StreamId stream,
            ExpectedVersion expected)
            throws SQLException {
        LowestPosition lowest = transaction.resource(lowestPosition, LowestPosition::new);
        SQLException race = null;
        for (int attempt = 0; attempt < MAX_RACES; attempt++) {
            try {
                StreamAppend appended = tryAppend(lowest, connection, chunk, stream, expected);
                if (appended != null) {
                    return appended;
                }
            } catch (SQLException e) {
                if (!failures.isVersionConflict(e)) {
                    throw failures.explained(e, chunk);
                }
                race = e;
                rollBackToSavepoint(connection);
                if (readsFromOneSnapshot(connection)) {
                    return StreamAppend.conflict(stream, expected, null, e);
                }
            }
            long actual = readVersion(connection, stream);
            if (!expected.isMetBy(actual)) {
                return StreamAppend.conflict(stream, expected, actual, race);
            }
        }
        if (race == null) {
            throw failures.nothingInserted();
        }
        return StreamAppend.conflict(stream, expected, readVersion(connection, stream), race);
    }

    private @Nullable StreamAppend tryAppend(
            LowestPosition lowest,
            Connection connection,
            List<EncodedEvent> chunk,
            StreamId stream,
            ExpectedVersion expected)
            throws SQLException {
        Long exactly = expected instanceof ExpectedVersion.Exactly exact ? (Long) exact.version() : null;
        AppendText text = chunk.size() == 1 ? oneToStream : manyToStream;
        TransactionIdSeeker seeker = seekerOf(connection);
        try (PreparedStatement statement = prepare(connection, text.with(seeker))) {
            Parameters parameters = new Parameters(statement);
            parameters.add(stream.toString());
            if (strategy == PositionStrategy.SEQUENCE) {
                parameters.add(lowest.before()).add(exactly).add(exactly);
            } else {
                parameters.add(chunk.size()).add(exactly).add(exactly).add(chunk.size());
            }
            parameters.add(stream.toString());
            addEvents(parameters, connection, chunk, chunk.size() == 1);
            StreamAppend appended;
            try (ResultSet rows = nextRows(statement, statement.execute())) {
                appended = rows.next() ? appended(rows, chunk.size(), lowest) : null;
            }
            readId(statement, seeker);
            return appended;
        }
    }

    /** Passes over the answers of the statements that return no rows. */
    private static ResultSet nextRows(PreparedStatement statement, boolean isQuery) throws SQLException {
        boolean isRows = isQuery;
        while (!isRows) {
            isRows = statement.getMoreResults();
        }
        return statement.getResultSet();
    }

    private static StreamAppend appended(ResultSet rows, int count, LowestPosition lowest) throws SQLException {
        List<Long> positions = new ArrayList<>(count);
        long version = Long.MAX_VALUE;
        do {
            positions.add(rows.getLong(1));
            version = Math.min(version, rows.getLong(2));
        } while (rows.next());
        Collections.sort(positions);
        lowest.appended(positions.get(0));
        return new StreamAppend(positions, version - 1, null);
    }

    private static void addEvents(Parameters parameters, Connection connection, List<EncodedEvent> chunk, boolean one)
            throws SQLException {
        if (one) {
            EncodedEvent event = chunk.get(0);
            parameters.add(event.message().type()).add(event.headers()).add(event.payload());
            return;
        }
        String[] types = new String[chunk.size()];
        String[] headers = new String[types.length];
        String[] payloads = new String[types.length];
        for (int i = 0; i < types.length; i++) {
            EncodedEvent event = chunk.get(i);
            types[i] = event.message().type();
            headers[i] = event.headers();
            payloads[i] = event.payload();
        }
        parameters.add(connection, types).add(connection, headers).add(connection, payloads);
    }

    /** RETURNING promises no order; the positions themselves were drawn in that of the list. */
    private static List<Long> positions(ResultSet rows, int count, @Nullable TransactionIdSeeker seeker)
            throws SQLException {
        List<Long> positions = new ArrayList<>(count);
        while (rows.next()) {
            positions.add(rows.getLong(1));
            if (seeker != null) {
                seeker.transactionIdFrom(rows, 2);
            }
        }
        Collections.sort(positions);
        return positions;
    }

    private long readVersion(Connection connection, StreamId stream) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(version)) {
            statement.setString(1, stream.toString());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private static void rollBackToSavepoint(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("ROLLBACK TO SAVEPOINT " + SAVEPOINT + "; RELEASE SAVEPOINT " + SAVEPOINT);
        }
    }

    private static boolean readsFromOneSnapshot(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT current_setting('transaction_isolation')")) {
            row.next();
            return Isolation.readsFromOneSnapshot(row.getString(1));
        }
    }

    /**
     * A position below all that this transaction, or nested scope, has appended. A further append takes the same lock again
     * instead of one more, of which the server has not many.
     */
    private static final class LowestPosition {
        private @Nullable Long before;

        @Nullable
        Long before() {
            return before;
        }

        void appended(long position) {
            if (before == null) {
                before = position - 1;
            }
        }
    }
}
