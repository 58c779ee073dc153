package io.hexai.jpa.transaction;

import io.hexai.jpa.internal.TransactionIdSeeker;
import java.sql.Array;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.NClob;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.SQLXML;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Struct;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The connection as the session sees it: all of JDBC, but the decision about the transaction stays with the scope. Written out,
 * since what a reflective proxy costs at each call is a part of what a small transaction costs. Confined to its thread.
 */
final class ScopedConnection implements Connection, TransactionIdSeeker {

    private final LazyConnection lazy;

    ScopedConnection(LazyConnection lazy) {
        this.lazy = lazy;
    }

    @Override
    public boolean isClosed() {
        return lazy.isClosed();
    }

    /** The scope closes it. */
    @Override
    public void close() {}

    @Override
    public boolean getAutoCommit() {
        return false;
    }

    @Override
    public void setAutoCommit(boolean autoCommit) throws SQLException {
        if (autoCommit) {
            throw lazy.refused("Connection.setAutoCommit(true)");
        }
    }

    @Override
    public void setTransactionIsolation(int level) throws SQLException {
        throw lazy.refused("Connection.setTransactionIsolation");
    }

    @Override
    public void setReadOnly(boolean readOnly) throws SQLException {
        throw lazy.refused("Connection.setReadOnly");
    }

    @Override
    public void commit() throws SQLException {
        lazy.commit();
    }

    @Override
    public void rollback() throws SQLException {
        lazy.rollBack();
    }

    /** Whoever wants a connection gets this one: the physical one could be committed. */
    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return isThis(type) ? type.cast(this) : lazy.acquiredForDriver().unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return isThis(type) || lazy.acquired().isWrapperFor(type);
    }

    private static boolean isThis(Class<?> type) {
        return type == Connection.class;
    }

    @Override
    public @Nullable SQLWarning getWarnings() throws SQLException {
        return lazy.isPhysical() ? lazy.acquired().getWarnings() : null;
    }

    @Override
    public void clearWarnings() throws SQLException {
        if (lazy.isPhysical()) {
            lazy.acquired().clearWarnings();
        }
    }

    @Override
    public void setClientInfo(String name, String value) throws SQLClientInfoException {
        acquiredForClientInfo().setClientInfo(name, value);
    }

    @Override
    public void setClientInfo(Properties properties) throws SQLClientInfoException {
        acquiredForClientInfo().setClientInfo(properties);
    }

    private Connection acquiredForClientInfo() throws SQLClientInfoException {
        try {
            return lazy.acquired();
        } catch (SQLException e) {
            throw new SQLClientInfoException(e.getMessage(), e.getSQLState(), Map.of(), e);
        }
    }

    @Override
    public @Nullable String transactionIdExpression() {
        return lazy.statements().transactionIdExpression();
    }

    @Override
    public void transactionIdFrom(ResultSet row, int column) throws SQLException {
        lazy.statements().transactionIdFrom(row, column);
    }

    @Override
    public PreparedStatement prepareOwn(String sql) throws SQLException {
        return lazy.prepareOwn(sql);
    }

    @Override
    public String toString() {
        return lazy.toString();
    }

    @Override
    public String nativeSQL(String sql) throws SQLException {
        return lazy.acquired().nativeSQL(sql);
    }

    @Override
    public DatabaseMetaData getMetaData() throws SQLException {
        return lazy.acquiredForDriver().getMetaData();
    }

    @Override
    public boolean isReadOnly() throws SQLException {
        return lazy.acquired().isReadOnly();
    }

    @Override
    public void setCatalog(String catalog) throws SQLException {
        lazy.acquired().setCatalog(catalog);
    }

    @Override
    public @Nullable String getCatalog() throws SQLException {
        return lazy.acquired().getCatalog();
    }

    @Override
    public int getTransactionIsolation() throws SQLException {
        return lazy.acquired().getTransactionIsolation();
    }

    @Override
    public Map<String, Class<?>> getTypeMap() throws SQLException {
        return lazy.acquired().getTypeMap();
    }

    @Override
    public void setTypeMap(Map<String, Class<?>> map) throws SQLException {
        lazy.acquired().setTypeMap(map);
    }

    @Override
    public void setHoldability(int holdability) throws SQLException {
        lazy.acquired().setHoldability(holdability);
    }

    @Override
    public int getHoldability() throws SQLException {
        return lazy.acquired().getHoldability();
    }

    @Override
    public void rollback(Savepoint savepoint) throws SQLException {
        lazy.acquired().rollback(savepoint);
    }

    @Override
    public void releaseSavepoint(Savepoint savepoint) throws SQLException {
        lazy.acquired().releaseSavepoint(savepoint);
    }

    @Override
    public Clob createClob() throws SQLException {
        return lazy.acquiredForDriver().createClob();
    }

    @Override
    public Blob createBlob() throws SQLException {
        return lazy.acquiredForDriver().createBlob();
    }

    @Override
    public NClob createNClob() throws SQLException {
        return lazy.acquiredForDriver().createNClob();
    }

    @Override
    public SQLXML createSQLXML() throws SQLException {
        return lazy.acquired().createSQLXML();
    }

    @Override
    public boolean isValid(int timeout) throws SQLException {
        return lazy.acquired().isValid(timeout);
    }

    @Override
    public @Nullable String getClientInfo(String name) throws SQLException {
        return lazy.acquired().getClientInfo(name);
    }

    @Override
    public Properties getClientInfo() throws SQLException {
        return lazy.acquired().getClientInfo();
    }

    @Override
    public Array createArrayOf(String typeName, Object[] elements) throws SQLException {
        return lazy.acquired().createArrayOf(typeName, elements);
    }

    @Override
    public Struct createStruct(String typeName, Object[] attributes) throws SQLException {
        return lazy.acquired().createStruct(typeName, attributes);
    }

    @Override
    public void setSchema(String schema) throws SQLException {
        lazy.acquired().setSchema(schema);
    }

    @Override
    public @Nullable String getSchema() throws SQLException {
        return lazy.acquired().getSchema();
    }

    @Override
    public void abort(Executor executor) throws SQLException {
        lazy.acquired().abort(executor);
    }

    @Override
    public void setNetworkTimeout(Executor executor, int milliseconds) throws SQLException {
        lazy.acquired().setNetworkTimeout(executor, milliseconds);
    }

    @Override
    public int getNetworkTimeout() throws SQLException {
        return lazy.acquired().getNetworkTimeout();
    }

    @Override
    public PreparedStatement prepareStatement(String sql) throws SQLException {
        return lazy.prepare(sql, Connection::prepareStatement, true);
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int resultSetType, int resultSetConcurrency)
            throws SQLException {
        boolean plain =
                resultSetType == ResultSet.TYPE_FORWARD_ONLY && resultSetConcurrency == ResultSet.CONCUR_READ_ONLY;
        return lazy.prepare(
                sql, (physical, text) -> physical.prepareStatement(text, resultSetType, resultSetConcurrency), plain);
    }

    @Override
    public PreparedStatement prepareStatement(
            String sql, int resultSetType, int resultSetConcurrency, int resultSetHoldability) throws SQLException {
        return lazy.prepare(
                sql,
                (physical, text) ->
                        physical.prepareStatement(text, resultSetType, resultSetConcurrency, resultSetHoldability),
                false);
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int autoGeneratedKeys) throws SQLException {
        return lazy.prepare(sql, (physical, text) -> physical.prepareStatement(text, autoGeneratedKeys), false);
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int[] columnIndexes) throws SQLException {
        return lazy.prepare(sql, (physical, text) -> physical.prepareStatement(text, columnIndexes), false);
    }

    @Override
    public PreparedStatement prepareStatement(String sql, String[] columnNames) throws SQLException {
        return lazy.prepare(sql, (physical, text) -> physical.prepareStatement(text, columnNames), false);
    }

    @Override
    public CallableStatement prepareCall(String sql) throws SQLException {
        return lazy.acquiredForDriver().prepareCall(sql);
    }

    @Override
    public CallableStatement prepareCall(String sql, int resultSetType, int resultSetConcurrency) throws SQLException {
        return lazy.acquiredForDriver().prepareCall(sql, resultSetType, resultSetConcurrency);
    }

    @Override
    public CallableStatement prepareCall(
            String sql, int resultSetType, int resultSetConcurrency, int resultSetHoldability) throws SQLException {
        return lazy.acquiredForDriver().prepareCall(sql, resultSetType, resultSetConcurrency, resultSetHoldability);
    }

    @Override
    public Statement createStatement() throws SQLException {
        return lazy.statements().watched(lazy.acquiredInTransaction().createStatement());
    }

    @Override
    public Statement createStatement(int resultSetType, int resultSetConcurrency) throws SQLException {
        return lazy.statements()
                .watched(lazy.acquiredInTransaction().createStatement(resultSetType, resultSetConcurrency));
    }

    @Override
    public Statement createStatement(int resultSetType, int resultSetConcurrency, int resultSetHoldability)
            throws SQLException {
        return lazy.statements()
                .watched(lazy.acquiredInTransaction()
                        .createStatement(resultSetType, resultSetConcurrency, resultSetHoldability));
    }

    @Override
    public Savepoint setSavepoint() throws SQLException {
        return lazy.acquiredInTransaction().setSavepoint();
    }

    @Override
    public Savepoint setSavepoint(String name) throws SQLException {
        return lazy.acquiredInTransaction().setSavepoint(name);
    }
}
