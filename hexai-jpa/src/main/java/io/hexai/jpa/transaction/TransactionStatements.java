package io.hexai.jpa.transaction;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.hibernate.exception.GenericJDBCException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.jdbc.AutoSave;
import org.postgresql.jdbc.PreferQueryMode;

/**
 * The statements of a transaction: what the server has to be told before each of them, what travels along, and what is looked at
 * while they run. Made for the first of them, or for the first savepoint. Confined to its thread.
 */
final class TransactionStatements implements PreludeCompanion.Place {

    private final LazyConnection connection;
    private final UsageRules rules;
    private final JoinedTexts texts;
    private final OpenHandles handles = new OpenHandles();

    /** Most transactions have default options and no nested scope, and so nothing to tell. */
    private @Nullable Prelude prelude;

    TransactionStatements(LazyConnection connection, UsageRules rules, JoinedTexts texts) {
        this.connection = connection;
        this.rules = rules;
        this.texts = texts;
    }

    OpenHandles handles() {
        return handles;
    }

    @Override
    public Prelude prelude() {
        if (prelude == null) {
            prelude = new Prelude();
        }
        return prelude;
    }

    private boolean hasSomethingToTell() {
        return prelude != null && !prelude.isEmpty();
    }

    /** The transaction is to begin with these statements; at once, if they cannot travel, or somebody could send others past the connection. */
    void begin(List<String> options, boolean mayTravel) throws SQLException {
        prelude().begin(options);
        if (!mayTravel || handles.areOpen()) {
            catchUp();
        }
    }

    /** The transaction is over. */
    void end() {
        if (prelude != null) {
            prelude.end();
        }
    }

    /** The server is told with the next statement; at once, if somebody could send one past the connection. */
    Savepoints.NestedSavepoint openSavepoint() throws SQLException {
        Savepoints.NestedSavepoint savepoint = prelude().savepoints().add();
        if (handles.areOpen()) {
            catchUp();
        }
        return savepoint;
    }

    void release(Savepoints.NestedSavepoint savepoint) {
        prelude().savepoints().release(savepoint);
    }

    void rollBackTo(Savepoints.NestedSavepoint savepoint) throws SQLException {
        prelude().savepoints().rollBackTo(savepoint, connection.physicalOrNull());
    }

    @Override
    public void catchUp() throws SQLException {
        Connection physical = connection.physicalOrNull();
        if (physical != null && connection.hasTransaction() && hasSomethingToTell()) {
            try {
                prelude().sendTo(physical, this);
            } catch (SQLException e) {
                rules.requireNotTimedOut(e);
                throw e;
            }
        }
    }

    @Override
    public String joinedText(List<String> statements, String sql) {
        return texts.preceded(statements, sql);
    }

    @Override
    public void failed(Throwable failure) {
        if (failure instanceof SQLException refusal && prelude().isRefusalOfOptions(refusal)) {
            // thrown as it is, for find() returns null if a query's execution fails
            throw new GenericJDBCException("The transaction could not begin with its options", refusal);
        }
        Connection physical = connection.physicalOrNull();
        try {
            if (physical != null) {
                prelude().failed(physical);
            }
        } catch (SQLException e) { // as of a connection that is lost
            Failures.suppress(failure, e);
        }
    }

    @Override
    public @Nullable String transactionIdExpression() {
        return connection.transactionId() == null ? TransactionId.EXPRESSION : null;
    }

    @Override
    public void transactionIdFrom(ResultSet row, int column) throws SQLException {
        connection.learn(TransactionId.from(row, column));
    }

    @Override
    public PreparedStatement prepareOwn(String sql) throws SQLException {
        PreparedStatement statement = connection.acquired().prepareStatement(sql);
        handles.add(statement);
        return rules.hasDeadline() ? watched(statement) : statement;
    }

    /** The text of a plain statement may be changed; what asks for generated keys, or for a cursor, is left as it is. */
    PreparedStatement prepare(String sql, AccompaniedStatement.Preparer preparer, boolean plain) throws SQLException {
        PreparedStatement statement = accompanied(sql, preparer, plain);
        handles.add(statement);
        return mayGoUnwatched(sql) ? statement : watched(statement);
    }

    private PreparedStatement accompanied(String sql, AccompaniedStatement.Preparer preparer, boolean plain)
            throws SQLException {
        AccompaniedStatement.Preparer informed = preparer;
        if (plain && hasSomethingToTell() && PreludeCompanion.mayGoWith(sql) && isDoneUpToTheFailure()) {
            informed = text -> AccompaniedStatement.of(preparer, text, new PreludeCompanion(this));
        } else {
            catchUp();
        }
        boolean seeksId = plain && connection.transactionId() == null && TransactionIdCompanion.mayGoWith(sql);
        return seeksId
                ? AccompaniedStatement.of(informed, sql, new TransactionIdCompanion(this, texts))
                : informed.prepare(sql);
    }

    /**
     * Of a text that fails, all before the statement that failed is done. Not so where the driver goes back to a savepoint of its own, as
     * it would after a single statement, or sends texts whole, which the server reads to the end before it does the first.
     */
    private boolean isDoneUpToTheFailure() throws SQLException {
        Connection physical = connection.physicalOrNull();
        if (physical == null) {
            return true;
        }
        PGConnection driver = physical.unwrap(PGConnection.class);
        return driver.getAutosave() == AutoSave.NEVER && driver.getPreferQueryMode() != PreferQueryMode.SIMPLE;
    }

    /** A single SELECT or write cannot end the transaction. Once one has begun it, its state before the next one will tell. */
    private boolean mayGoUnwatched(String sql) {
        return !rules.hasDeadline()
                && (connection.hasBegun() || !handles.includeDriver() && PreludeCompanion.mayGoWith(sql));
    }

    private PreparedStatement watched(PreparedStatement statement) {
        return WatchedStatement.prepared(statement, connection.scoped(), new Watcher());
    }

    Statement watched(Statement statement) {
        return WatchedStatement.plain(statement, connection.scoped(), new PlainWatcher());
    }

    private class Watcher implements WatchedStatement.Watcher {
        @Override
        public void beforeSql(String sql) throws SQLException {
            rules.refuseControl(sql);
        }

        @Override
        public void afterFailure(SQLException failure) {
            rules.requireNotTimedOut(failure);
        }

        @Override
        public void afterExecution() throws SQLException {
            connection.observeExecuted();
        }
    }

    /** What a plain statement sends is known too late to send something along. */
    private final class PlainWatcher extends Watcher {
        @Override
        public void beforeExecution() throws SQLException {
            catchUp();
        }
    }
}
