package io.hexai.jpa.transaction;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A prepared statement with whose execution a second one travels, in the same round trip. Which kind of execution it will be
 * is known late: until then nothing is prepared, and parameters and settings are kept, to be applied to the text that is
 * prepared in the end, with the companion or, as for a batch, without. Confined to its thread, but for {@code cancel}.
 */
final class AccompaniedStatement extends LateParameters {

    private final Preparer preparer;
    private final String sql;
    private final Companion companion;
    private final StatementSettings settings = new StatementSettings();

    private @Nullable PreparedStatement alone;
    private @Nullable PreparedStatement joined;
    private volatile @Nullable PreparedStatement current;

    /** What the last execution returned, where the results of the companion's are not to be taken for it. */
    private @Nullable Object result;

    private boolean batched;
    private boolean cursor;
    private boolean closed;

    private AccompaniedStatement(Preparer preparer, String sql, Companion companion) {
        this.preparer = preparer;
        this.sql = sql;
        this.companion = companion;
    }

    static PreparedStatement of(Preparer preparer, String sql, Companion companion) {
        return new AccompaniedStatement(preparer, sql, companion);
    }

    /** Makes a statement of the driver's. */
    interface Preparer {
        PreparedStatement prepare(String text) throws SQLException;
    }

    /** A method of {@link PreparedStatement} that executes what was prepared. */
    enum Execution {
        ANY,
        QUERY,
        UPDATE,
        LARGE_UPDATE
    }

    /** The statement that travels along. */
    interface Companion {

        /** Tells whether it goes with an execution. */
        boolean goesWith(Execution execution) throws SQLException;

        /** Tells whether it goes with a query whose rows are fetched by and by. */
        default boolean goesWithCursor() {
            return true;
        }

        /** Comes before the one alone is prepared or executed. */
        default void beforeAlone() throws SQLException {}

        /** Returns the text of both. */
        String joinedTo(String sql);

        /** Executes both, and returns what the execution would have returned of the one alone. */
        Object execute(PreparedStatement both, Execution execution) throws SQLException;
    }

    @Override
    public boolean execute() throws SQLException {
        return goesAccompanied(Execution.ANY)
                ? (Boolean) executeBoth(Execution.ANY)
                : executed().execute();
    }

    @Override
    public ResultSet executeQuery() throws SQLException {
        return goesAccompanied(Execution.QUERY)
                ? (ResultSet) executeBoth(Execution.QUERY)
                : executed().executeQuery();
    }

    @Override
    public int executeUpdate() throws SQLException {
        return goesAccompanied(Execution.UPDATE)
                ? ((Number) executeBoth(Execution.UPDATE)).intValue()
                : executed().executeUpdate();
    }

    @Override
    public long executeLargeUpdate() throws SQLException {
        return goesAccompanied(Execution.LARGE_UPDATE)
                ? ((Number) executeBoth(Execution.LARGE_UPDATE)).longValue()
                : executed().executeLargeUpdate();
    }

    private boolean goesAccompanied(Execution execution) throws SQLException {
        requireOpen();
        result = null;
        return !batched && (!cursor || companion.goesWithCursor()) && companion.goesWith(execution);
    }

    private Object executeBoth(Execution execution) throws SQLException {
        if (joined == null) {
            joined = preparer.prepare(companion.joinedTo(sql));
        }
        Object returned = companion.execute(switchTo(joined), execution);
        result = returned;
        return returned;
    }

    @Override
    PreparedStatement executed() throws SQLException {
        requireOpen();
        result = null;
        companion.beforeAlone();
        if (alone == null) {
            alone = preparer.prepare(sql);
        }
        return switchTo(alone);
    }

    private PreparedStatement switchTo(PreparedStatement next) throws SQLException {
        if (current != next) {
            current = next;
            settings.applyTo(next);
        }
        return next;
    }

    @Override
    PreparedStatement target() throws SQLException {
        requireOpen();
        PreparedStatement target = current;
        return target == null || batched ? executed() : target;
    }

    private void requireOpen() throws SQLException {
        if (closed) {
            throw new SQLException("The statement was used after it had been closed: " + sql, "55000");
        }
    }

    @Override
    void set(int parameter, StatementSettings.Setting setting) throws SQLException {
        requireOpen();
        if (!batched) {
            settings.set(parameter, setting);
        }
        applyToCurrent(setting);
    }

    @Override
    void set(String name, StatementSettings.Setting setting) throws SQLException {
        requireOpen();
        if (!batched) {
            settings.set(name, setting);
        }
        applyToCurrent(setting);
    }

    private void applyToCurrent(StatementSettings.Setting setting) throws SQLException {
        PreparedStatement target = current;
        if (target != null) {
            setting.applyTo(target);
        }
    }

    @Override
    public void setFetchSize(int rows) throws SQLException {
        cursor = rows != 0;
        set("setFetchSize", statement -> statement.setFetchSize(rows));
    }

    @Override
    public void clearParameters() throws SQLException {
        requireOpen();
        settings.clearParameters();
        applyToCurrent(PreparedStatement::clearParameters);
    }

    @Override
    public void addBatch() throws SQLException {
        batched = true;
        executed().addBatch();
    }

    @Override
    public int getUpdateCount() throws SQLException {
        PreparedStatement target = target();
        return result instanceof Number count
                ? count.intValue()
                : result instanceof ResultSet ? -1 : target.getUpdateCount();
    }

    @Override
    public long getLargeUpdateCount() throws SQLException {
        PreparedStatement target = target();
        return result instanceof Number count
                ? count.longValue()
                : result instanceof ResultSet ? -1 : target.getLargeUpdateCount();
    }

    @Override
    public @Nullable ResultSet getResultSet() throws SQLException {
        PreparedStatement target = target();
        return result instanceof ResultSet rows ? rows : result instanceof Number ? null : target.getResultSet();
    }

    @Override
    public boolean getMoreResults() throws SQLException {
        PreparedStatement target = target();
        result = null;
        return target.getMoreResults();
    }

    @Override
    public boolean getMoreResults(int resultsBefore) throws SQLException {
        PreparedStatement target = target();
        result = null;
        return target.getMoreResults(resultsBefore);
    }

    @Override
    public void cancel() throws SQLException {
        PreparedStatement running = current;
        if (running != null) {
            running.cancel();
        }
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void close() throws SQLException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            close(alone);
        } finally {
            close(joined);
        }
    }

    private static void close(@Nullable PreparedStatement statement) throws SQLException {
        if (statement != null) {
            statement.close();
        }
    }

    @Override
    public String toString() {
        return current == null ? sql : String.valueOf(current);
    }
}
