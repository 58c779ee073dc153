package io.hexai.jpa.transaction;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * The connection on which a session is opened. It takes a physical one at the first statement, keeps commit and rollback
 * for the scope that owns it, and gives the physical one back in the state in which it was taken. Confined to its thread.
 */
final class LazyConnection {

    private static final String FAILED_TRANSACTION = "25P02";

    private final ConnectionSource source;
    private final BeginStatement begin;
    private final TransactionInfo transaction;
    private final int heldByThisThread;
    private final boolean askForTransactionId;
    private final UsageRules rules;
    private final Connection scoped = new ScopedConnection(this);

    private @Nullable Connection physical;
    private @Nullable TransactionWatch watch;
    private @Nullable TransactionStatements statements;
    private boolean autoCommitAtFirst;
    private boolean reading;
    private int openReads;
    private Outcome outcome = Outcome.OPEN;
    private @Nullable TransactionId transactionId;

    /** How the transaction ended, as far as the connection knows. */
    enum Outcome {
        OPEN,
        COMMIT_SENT,
        COMMITTED
    }

    LazyConnection(
            ConnectionSource source,
            BeginStatement begin,
            TransactionInfo transaction,
            int heldByThisThread,
            boolean askForTransactionId) {
        this.source = source;
        this.begin = begin;
        this.transaction = transaction;
        this.heldByThisThread = heldByThisThread;
        this.askForTransactionId = askForTransactionId;
        this.rules = new UsageRules(transaction, begin.deadline());
        this.reading = begin.options().isOptimistic();
    }

    /** What the session is opened on. */
    Connection scoped() {
        return scoped;
    }

    boolean isPhysical() {
        return physical != null;
    }

    @Nullable
    Connection physicalOrNull() {
        return physical;
    }

    /** The server has a transaction open for it, or will at the next statement. */
    boolean hasTransaction() {
        return physical != null && !reading;
    }

    Outcome outcome() {
        return outcome;
    }

    /** The id by which the server knows the transaction; null if nobody learnt it, or it has written nothing. */
    @Nullable
    TransactionId transactionId() {
        return transactionId;
    }

    /** Nothing was written, for certain, so that how the transaction ended makes no difference. */
    boolean hasWrittenNothing() {
        return transactionId == null && (askForTransactionId || begin.options().isReadOnly());
    }

    /** From here on, the session may commit or roll back. */
    void permitEnd() {
        rules.permitEnd();
    }

    /** The server has marked the transaction as failed: whatever is sent, it will roll back. */
    boolean isFailed() throws SQLException {
        return physical != null && ConnectionSource.state(physical) == TransactionState.FAILED;
    }

    /** Something else than the scope has ended the transaction on the server. */
    boolean isEndedElsewhere() throws SQLException {
        observe();
        return watch != null && watch.isEnded();
    }

    private void observe() throws SQLException {
        if (physical != null && watch != null && !reading) {
            watch.observe(ConnectionSource.state(physical));
        }
    }

    /** A statement was sent, and succeeded. */
    void observeExecuted() throws SQLException {
        if (physical != null && watch != null) {
            watch.observeExecuted(ConnectionSource.state(physical));
        }
    }

    /** The server has the transaction, as far as it was looked at. */
    boolean hasBegun() {
        return watch != null && watch.hasBegun();
    }

    Savepoints.NestedSavepoint openSavepoint() throws SQLException {
        beginTransaction();
        requireNotFailed("no savepoint can be set");
        return statements().openSavepoint();
    }

    void release(Savepoints.NestedSavepoint savepoint) {
        statements().release(savepoint);
    }

    void rollBackTo(Savepoints.NestedSavepoint savepoint) throws SQLException {
        statements().rollBackTo(savepoint);
    }

    /** What is sent on this connection. */
    TransactionStatements statements() {
        if (statements == null) {
            statements = new TransactionStatements(this, rules, source.joinedTexts());
        }
        return statements;
    }

    void learn(@Nullable TransactionId id) {
        transactionId = transactionId == null ? id : transactionId;
    }

    /** Gives the physical connection back. */
    void close() throws SQLException {
        rules.close();
        giveBack();
    }

    private void giveBack() throws SQLException {
        Connection connection = physical;
        physical = null;
        if (connection != null) {
            source.takeBack(connection, autoCommitAtFirst);
        }
    }

    @Override
    public String toString() {
        return "LazyConnection[" + transaction + "]";
    }

    boolean isClosed() {
        return rules.isClosed();
    }

    SQLException refused(String call) {
        return rules.refused(call);
    }

    Connection acquiredInTransaction() throws SQLException {
        beginTransaction();
        return acquired();
    }

    /** For whoever may send something past this connection from now on, and is not seen doing it. */
    Connection acquiredForDriver() throws SQLException {
        statements().handles().addDriver();
        return acquiredInTransaction();
    }

    Connection acquired() throws SQLException {
        Connection connection = acquiredAsItIs();
        if (statements != null) {
            statements.catchUp();
        }
        return connection;
    }

    /** Without telling the server what it has to be told first. */
    private Connection acquiredAsItIs() throws SQLException {
        rules.requireUsable();
        Connection connection = physical;
        if (connection == null) {
            return acquire();
        }
        observe();
        if (watch != null) {
            watch.requireNotEnded(transaction);
        }
        return connection;
    }

    private Connection acquire() throws SQLException {
        Connection connection = acquireFromSource();
        physical = connection;
        watch = new TransactionWatch();
        autoCommitAtFirst = connection.getAutoCommit();
        makeReady(connection);
        return connection;
    }

    /** On a connection whose begin failed, later statements would run without the options, or each in its own transaction. */
    private void makeReady(Connection connection) throws SQLException {
        try {
            if (connection.getAutoCommit() != reading) {
                connection.setAutoCommit(reading);
            }
            if (!reading) {
                sendBegin(connection);
            }
        } catch (SQLException | RuntimeException | Error e) {
            giveBackAfter(e);
            throw e;
        }
    }

    private void giveBackAfter(Throwable failure) {
        try {
            giveBack();
        } catch (SQLException | RuntimeException e) {
            Failures.suppress(failure, e);
        }
    }

    private void sendBegin(Connection connection) throws SQLException {
        List<String> options = begin.statements(connection);
        if (!options.isEmpty()) {
            statements().begin(options, begin.isSameInEachTransaction());
        }
    }

    /** Ends the time of reading outside a transaction; from here on, the connection is held to the end of the scope. */
    void beginTransaction() throws SQLException {
        if (reading) {
            reading = false;
            if (physical != null) {
                makeReady(physical);
            }
        }
    }

    PreparedStatement prepare(String sql, Preparation preparation, boolean plain) throws SQLException {
        AccompaniedStatement.Preparer preparer = text -> preparation.prepare(acquiredAsItIs(), text);
        if (reading && PlainReads.isRead(sql)) {
            return WatchedStatement.prepared(read(preparer, sql), scoped, new ReadWatcher());
        }
        rules.refuseControl(sql);
        beginTransaction();
        acquiredAsItIs();
        return statements().prepare(sql, preparer, plain);
    }

    PreparedStatement prepareOwn(String sql) throws SQLException {
        beginTransaction();
        return statements().prepareOwn(sql);
    }

    /** One of the ways in which JDBC prepares a statement. */
    interface Preparation {
        PreparedStatement prepare(Connection physical, String text) throws SQLException;
    }

    private PreparedStatement read(AccompaniedStatement.Preparer preparer, String sql) throws SQLException {
        acquiredAsItIs();
        PreparedStatement statement =
                AccompaniedStatement.of(preparer, sql, new ReadOnlyCompanion(sql, this::isOutsideTransaction));
        statements().handles().add(statement);
        openReads++;
        Deadline deadline = begin.deadline();
        if (deadline != null) {
            statement.setQueryTimeout(deadline.secondsLeft());
        }
        return statement;
    }

    /** The driver's own word counts: a test double may have an auto-commit that lies inside a transaction. */
    private boolean isOutsideTransaction() throws SQLException {
        if (!reading || physical == null) {
            return false;
        }
        BaseConnection driver = physical.unwrap(BaseConnection.class);
        return driver.getAutoCommit() && driver.getTransactionState() == TransactionState.IDLE;
    }

    /** Nobody thinks with a connection in his hands. */
    private void afterRead() throws SQLException {
        openReads--;
        if (reading && openReads == 0) {
            giveBack();
        }
    }

    private Connection acquireFromSource() throws SQLException {
        return heldByThisThread == 0 ? source.acquire() : source.acquireAnother(heldByThisThread);
    }

    void commit() throws SQLException {
        rules.requireEnding("commit");
        if (physical != null && !reading) {
            requireNotFailed("COMMIT would roll it back");
            if (askForTransactionId && transactionId == null) {
                askForTransactionId(physical);
            }
            outcome = Outcome.COMMIT_SENT;
            commit(physical);
        }
        outcome = Outcome.COMMITTED;
    }

    private void commit(Connection connection) throws SQLException {
        try {
            connection.commit();
        } catch (SQLException e) {
            if (rules.isTimedOut(e)) {
                outcome = Outcome.OPEN; // the server says so only of a transaction that it has not committed
            }
            rules.requireNotTimedOut(e);
            throw e;
        }
    }

    private void requireNotFailed(String consequence) throws SQLException {
        if (isFailed()) {
            throw new SQLException("The transaction has failed; " + consequence + ".", FAILED_TRANSACTION);
        }
    }

    private void askForTransactionId(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery(TransactionId.QUERY)) {
            statements().transactionIdFrom(answer);
        }
    }

    void rollBack() throws SQLException {
        rules.requireEnding("rollback");
        if (physical != null && !reading) {
            physical.rollback();
            statements().end();
            // Hibernate rolls back a failed commit by itself, and then reads to say which entity was stale.
            watch = new TransactionWatch();
        }
    }

    /** In the time of reading, what matters of a statement is its end. */
    private final class ReadWatcher implements WatchedStatement.Watcher {
        @Override
        public void afterClose() throws SQLException {
            afterRead();
        }
    }
}
