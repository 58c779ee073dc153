package io.hexai.jpa.transaction;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * The connection on which a session is opened. It takes a physical one at the first statement, keeps commit and rollback
 * for the scope that owns it, and gives the physical one back in the state in which it was taken. Confined to its thread.
 */
final class LazyConnection implements InvocationHandler {

    /** The top-level transaction's, whatever savepoints are open; null for one that wrote nothing. */
    private static final String ASSIGNED_ID = "SELECT pg_current_xact_id_if_assigned()::text";

    private static final String FAILED_TRANSACTION = "25P02";

    private final ConnectionSource source;
    private final BeginStatement begin;
    private final TransactionInfo transaction;
    private final int heldByThisThread;
    private final boolean askForTransactionId;
    private final Thread owner = Thread.currentThread();
    private final List<NestedSavepoint> savepoints = new ArrayList<>(0);
    private final Connection proxy;

    private @Nullable Connection physical;
    private TransactionWatch watch = new TransactionWatch();
    private boolean autoCommitAtFirst;
    private int savepointsOpened;
    private boolean ending;
    private boolean reading;
    private int openReads;
    private boolean closed;
    private Outcome outcome = Outcome.OPEN;
    private @Nullable String transactionId;

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
        this.reading = begin.options().isOptimistic();
        this.proxy = (Connection)
                Proxy.newProxyInstance(LazyConnection.class.getClassLoader(), new Class<?>[] {Connection.class}, this);
    }

    Connection proxy() {
        return proxy;
    }

    boolean isPhysical() {
        return physical != null;
    }

    Outcome outcome() {
        return outcome;
    }

    /** The id by which the server knows the transaction; null if it was not asked for, or has written nothing. */
    @Nullable
    String transactionId() {
        return transactionId;
    }

    /** Asked right before COMMIT, the server knew of no write, so that how it ended makes no difference. */
    boolean hasWrittenNothing() {
        return askForTransactionId && transactionId == null;
    }

    /** From here on, the session may commit or roll back. */
    void permitEnd() {
        ending = true;
    }

    /** The server has marked the transaction as failed: whatever is sent, it will roll back. */
    boolean isFailed() throws SQLException {
        return physical != null && state(physical) == TransactionState.FAILED;
    }

    /** Something else than the scope has ended the transaction on the server. */
    boolean isEndedElsewhere() throws SQLException {
        observe();
        return watch.isEnded();
    }

    private void observe() throws SQLException {
        if (physical != null && !reading) {
            watch.observe(state(physical));
        }
    }

    NestedSavepoint openSavepoint() throws SQLException {
        beginTransaction();
        NestedSavepoint savepoint = new NestedSavepoint("hexai_" + ++savepointsOpened);
        if (physical != null) {
            set(savepoint, physical);
        }
        savepoints.add(savepoint);
        return savepoint;
    }

    /** The id comes along in the same round trip, and lets a lost COMMIT be asked about later. */
    private void set(NestedSavepoint savepoint, Connection connection) throws SQLException {
        String id = readTransactionId(connection, "SAVEPOINT " + savepoint.name + "; " + ASSIGNED_ID);
        transactionId = transactionId == null ? id : transactionId;
        savepoint.isSet = true;
    }

    private static @Nullable String readTransactionId(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            boolean isResult = statement.execute(sql);
            while (!isResult) {
                isResult = statement.getMoreResults();
            }
            try (ResultSet row = statement.getResultSet()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    /** Ends a savepoint and those inside it; the changes stay. */
    void release(NestedSavepoint savepoint) throws SQLException {
        end(savepoint, "RELEASE SAVEPOINT " + savepoint.name);
    }

    /** Takes back what was done since the savepoint, and ends it, so that savepoints do not pile up on the server. */
    void rollBackTo(NestedSavepoint savepoint) throws SQLException {
        end(savepoint, "ROLLBACK TO SAVEPOINT " + savepoint.name + "; RELEASE SAVEPOINT " + savepoint.name);
    }

    private void end(NestedSavepoint savepoint, String sql) throws SQLException {
        int index = savepoints.indexOf(savepoint);
        savepoints.subList(index, savepoints.size()).clear();
        if (savepoint.isSet && physical != null) {
            try (Statement statement = physical.createStatement()) {
                statement.execute(sql);
            }
        }
    }

    /** Gives the physical connection back; one that cannot be brought back to its first state is cut off instead. */
    void close() throws SQLException {
        closed = true;
        giveBack();
    }

    private void giveBack() throws SQLException {
        Connection connection = physical;
        physical = null;
        if (connection != null) {
            try {
                restore(connection);
            } catch (SQLException | RuntimeException | Error e) {
                cutOff(connection, e);
                throw e;
            } finally {
                source.release(connection);
            }
        }
    }

    private static void cutOff(Connection connection, Throwable reason) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException | RuntimeException e) {
            Failures.suppress(reason, e);
        }
    }

    /** Switching auto-commit on would commit an open transaction, so that has to be over for certain. */
    private void restore(Connection connection) throws SQLException {
        if (!connection.isClosed()) {
            if (state(connection) != TransactionState.IDLE) {
                connection.rollback();
            }
            if (connection.getAutoCommit() != autoCommitAtFirst) {
                connection.setAutoCommit(autoCommitAtFirst);
            }
        }
    }

    @Override
    public @Nullable Object invoke(Object self, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        return switch (method.getName()) {
            case "hashCode" -> System.identityHashCode(self);
            case "equals" -> arguments != null && self == arguments[0];
            case "toString" -> "LazyConnection[" + transaction + "]";
            case "isClosed" -> closed;
            case "getAutoCommit" -> false;
            case "setAutoCommit" -> refuseUnless(Boolean.FALSE.equals(argument(arguments)), "setAutoCommit(true)");
            case "close" -> null;
            case "prepareStatement" -> prepare(method, arguments);
            case "createStatement" -> {
                beginTransaction();
                yield watched((Statement) onPhysical(method, arguments), Statement.class, new TransactionWatcher());
            }
            case "unwrap" -> isThis(arguments) ? self : onPhysicalInTransaction(method, arguments);
            case "isWrapperFor" -> isThis(arguments) || Boolean.TRUE.equals(onPhysical(method, arguments));
            case "prepareCall", "setSavepoint" -> onPhysicalInTransaction(method, arguments);
            case "commit" -> commit();
            case "rollback" -> arguments == null ? rollBack() : onPhysical(method, arguments);
            case "setTransactionIsolation", "setReadOnly" -> refuseUnless(false, method.getName());
            case "clearWarnings", "getWarnings" -> physical == null ? null : onPhysical(method, arguments);
            default -> onPhysical(method, arguments);
        };
    }

    /** Whoever wants a connection gets this one: the physical one could be committed. */
    private static boolean isThis(@Nullable Object @Nullable [] arguments) {
        return argument(arguments) == Connection.class;
    }

    private @Nullable Object onPhysicalInTransaction(Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        beginTransaction();
        return onPhysical(method, arguments);
    }

    private @Nullable Object onPhysical(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(acquired(), arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    private Connection acquired() throws SQLException {
        requireUsable();
        Connection connection = physical;
        if (connection == null) {
            return acquire();
        }
        observe();
        watch.requireNotEnded(transaction);
        return connection;
    }

    private void requireUsable() throws SQLException {
        if (closed) {
            throw new SQLException(
                    "The connection of a " + transaction + " was used after its scope had ended.", "08003");
        }
        if (Thread.currentThread() != owner) {
            throw new SQLException(
                    "The " + transaction + " belongs to thread '" + owner.getName() + "' and was used on thread '"
                            + Thread.currentThread().getName() + "'. Open a unit of work on that thread instead.",
                    "08003");
        }
        Deadline deadline = begin.deadline();
        if (deadline != null && deadline.isOver() && !ending) {
            throw new TransactionTimeoutException(transaction, deadline.timeout());
        }
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
        for (NestedSavepoint savepoint : savepoints) {
            set(savepoint, connection);
        }
    }

    /** Ends the time of reading outside a transaction; from here on, the connection is held to the end of the scope. */
    private void beginTransaction() throws SQLException {
        if (reading) {
            reading = false;
            if (physical != null) {
                makeReady(physical);
            }
        }
    }

    private @Nullable Object prepare(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        String sql = (String) argument(arguments);
        if (reading && sql != null && PlainReads.isRead(sql)) {
            PreparedStatement statement = (PreparedStatement) onPhysical(method, arguments);
            openReads++;
            limit(statement);
            return watched(statement, PreparedStatement.class, new ReadWatcher());
        }
        if (sql != null) {
            refuseControl(sql);
        }
        beginTransaction();
        PreparedStatement statement = (PreparedStatement) onPhysical(method, arguments);
        return watch.hasBegun() ? statement : watched(statement, PreparedStatement.class, new TransactionWatcher());
    }

    private void refuseControl(String sql) throws SQLException {
        if (TransactionWatch.isControl(sql)) {
            throw refused("The statement " + sql.strip());
        }
    }

    private <S extends Statement> @Nullable S watched(
            @Nullable S statement, Class<S> type, WatchedStatement.Watcher watcher) {
        return statement == null ? null : WatchedStatement.of(statement, type, proxy, watcher);
    }

    /** Outside a transaction no setting of the transaction's bounds the statement. */
    private void limit(@Nullable PreparedStatement statement) throws SQLException {
        Deadline deadline = begin.deadline();
        if (statement != null && deadline != null) {
            statement.setQueryTimeout(deadline.secondsLeft());
        }
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

    private @Nullable Object commit() throws SQLException {
        refuseUnless(ending, "commit");
        if (physical != null && !reading) {
            if (isFailed()) {
                throw new SQLException("The transaction has failed; COMMIT would roll it back.", FAILED_TRANSACTION);
            }
            if (askForTransactionId && transactionId == null) {
                transactionId = readTransactionId(physical, ASSIGNED_ID);
            }
            outcome = Outcome.COMMIT_SENT;
            physical.commit();
        }
        outcome = Outcome.COMMITTED;
        return null;
    }

    private @Nullable Object rollBack() throws SQLException {
        refuseUnless(ending, "rollback");
        if (physical != null && !reading) {
            physical.rollback();
        }
        return null;
    }

    private @Nullable Object refuseUnless(boolean permitted, String call) throws SQLException {
        if (!permitted) {
            throw refused("Connection." + call);
        }
        return null;
    }

    private SQLException refused(String what) {
        return new SQLException(
                what + " would act behind the back of the unit of work that owns the " + transaction
                        + ". Let the work return or throw, call Transaction.preventCommit(), or set the option on"
                        + " TransactionOptions.",
                "25000");
    }

    private static @Nullable Object argument(@Nullable Object @Nullable [] arguments) {
        return arguments == null ? null : arguments[0];
    }

    private static TransactionState state(Connection connection) throws SQLException {
        return connection.unwrap(BaseConnection.class).getTransactionState();
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
            refuseControl(sql);
        }

        @Override
        public void afterExecution() throws SQLException {
            if (physical != null) {
                watch.observeExecuted(state(physical));
            }
        }
    }

    /** A savepoint that is set on the server as soon as there is a physical connection. */
    static final class NestedSavepoint {
        private final String name;
        private boolean isSet;

        private NestedSavepoint(String name) {
            this.name = name;
        }
    }
}
