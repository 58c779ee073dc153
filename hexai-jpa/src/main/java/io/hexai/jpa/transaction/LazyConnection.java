package io.hexai.jpa.transaction;

import io.hexai.jpa.internal.TransactionIdSeeker;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * The connection on which a session is opened. It takes a physical one at the first statement, keeps commit and rollback
 * for the scope that owns it, and gives the physical one back in the state in which it was taken. Confined to its thread.
 */
final class LazyConnection implements TransactionIdSeeker {

    private static final String FAILED_TRANSACTION = "25P02";

    private final ConnectionSource source;
    private final BeginStatement begin;
    private final TransactionInfo transaction;
    private final int heldByThisThread;
    private final boolean askForTransactionId;
    private final UsageRules rules;
    private final Savepoints savepoints = new Savepoints();
    private final Connection scoped = new ScopedConnection(this);

    private @Nullable Connection physical;
    private TransactionWatch watch = new TransactionWatch();
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
        return watch.isEnded();
    }

    private void observe() throws SQLException {
        if (physical != null && !reading) {
            watch.observe(ConnectionSource.state(physical));
        }
    }

    Savepoints.NestedSavepoint openSavepoint() throws SQLException {
        beginTransaction();
        Savepoints.NestedSavepoint savepoint = savepoints.add();
        setSavepoints();
        return savepoint;
    }

    private void setSavepoints() throws SQLException {
        if (physical != null) {
            try {
                learn(savepoints.setOn(physical, transactionId == null));
            } catch (SQLException e) {
                rules.requireNotTimedOut(e);
                throw e;
            }
        }
    }

    void release(Savepoints.NestedSavepoint savepoint) throws SQLException {
        try {
            savepoints.release(savepoint, physical);
        } catch (SQLException e) {
            rules.requireNotTimedOut(e);
            throw e;
        }
    }

    void rollBackTo(Savepoints.NestedSavepoint savepoint) throws SQLException {
        savepoints.rollBackTo(savepoint, physical);
    }

    private void learn(@Nullable TransactionId id) {
        transactionId = transactionId == null ? id : transactionId;
    }

    @Override
    public PreparedStatement prepareOwn(String sql) throws SQLException {
        beginTransaction();
        PreparedStatement statement = acquired().prepareStatement(sql);
        return rules.hasDeadline() ? WatchedStatement.prepared(statement, scoped, new TransactionWatcher()) : statement;
    }

    @Override
    public @Nullable String transactionIdColumns() {
        return transactionId == null ? TransactionId.COLUMNS : null;
    }

    @Override
    public void transactionIdFrom(ResultSet row, int first) throws SQLException {
        learn(TransactionId.from(row, first));
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

    Connection acquired() throws SQLException {
        rules.requireUsable();
        Connection connection = physical;
        if (connection == null) {
            return acquire();
        }
        observe();
        watch.requireNotEnded(transaction);
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
        begin.sendTo(connection);
        setSavepoints();
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

    /** The text of a plain statement may be changed; what asks for generated keys, or for a cursor, is left as it is. */
    PreparedStatement prepare(String sql, Preparation preparation, boolean plain) throws SQLException {
        AccompaniedStatement.Preparer preparer = text -> preparation.prepare(acquired(), text);
        if (reading && PlainReads.isRead(sql)) {
            return WatchedStatement.prepared(read(preparer, sql), scoped, new ReadWatcher());
        }
        rules.refuseControl(sql);
        beginTransaction();
        acquired();
        boolean seeksId = plain && transactionId == null && TransactionIdCompanion.mayGoWith(sql);
        PreparedStatement statement = seeksId
                ? AccompaniedStatement.of(preparer, sql, new TransactionIdCompanion(this, source.joinedTexts()))
                : preparer.prepare(sql);
        return watch.hasBegun() && !rules.hasDeadline()
                ? statement
                : WatchedStatement.prepared(statement, scoped, new TransactionWatcher());
    }

    Statement watched(Statement statement) {
        return WatchedStatement.plain(statement, scoped, new TransactionWatcher());
    }

    /** One of the ways in which JDBC prepares a statement. */
    interface Preparation {
        PreparedStatement prepare(Connection physical, String text) throws SQLException;
    }

    private PreparedStatement read(AccompaniedStatement.Preparer preparer, String sql) throws SQLException {
        acquired();
        PreparedStatement statement =
                AccompaniedStatement.of(preparer, sql, new ReadOnlyCompanion(sql, this::isOutsideTransaction));
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
            if (isFailed()) {
                throw new SQLException("The transaction has failed; COMMIT would roll it back.", FAILED_TRANSACTION);
            }
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

    private void askForTransactionId(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery(TransactionId.QUERY)) {
            transactionIdFrom(answer);
        }
    }

    void rollBack() throws SQLException {
        rules.requireEnding("rollback");
        if (physical != null && !reading) {
            physical.rollback();
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

    private final class TransactionWatcher implements WatchedStatement.Watcher {
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
            if (physical != null) {
                watch.observeExecuted(ConnectionSource.state(physical));
            }
        }
    }
}
