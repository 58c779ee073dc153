package io.hexai.jpa.transaction;

import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.net.URL;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.NClob;
import java.sql.ParameterMetaData;
import java.sql.Ref;
import java.sql.ResultSetMetaData;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.SQLXML;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.Calendar;
import org.jspecify.annotations.Nullable;

/** The parameters of a statement that is prepared late. Confined to its thread. */
abstract class LateParameters extends LateStatement {

    /** Applies to a parameter, and replaces what was set of it before. */
    abstract void set(int parameter, StatementSettings.Setting setting) throws SQLException;

    @Override
    public @Nullable ResultSetMetaData getMetaData() throws SQLException {
        return target().getMetaData();
    }

    @Override
    public ParameterMetaData getParameterMetaData() throws SQLException {
        return target().getParameterMetaData();
    }

    @Override
    public void setArray(int parameter, @Nullable Array value) throws SQLException {
        set(parameter, statement -> statement.setArray(parameter, value));
    }

    @Override
    public void setAsciiStream(int parameter, @Nullable InputStream value, int length) throws SQLException {
        set(parameter, statement -> statement.setAsciiStream(parameter, value, length));
    }

    @Override
    public void setAsciiStream(int parameter, @Nullable InputStream value, long length) throws SQLException {
        set(parameter, statement -> statement.setAsciiStream(parameter, value, length));
    }

    @Override
    public void setAsciiStream(int parameter, @Nullable InputStream value) throws SQLException {
        set(parameter, statement -> statement.setAsciiStream(parameter, value));
    }

    @Override
    public void setBigDecimal(int parameter, @Nullable BigDecimal value) throws SQLException {
        set(parameter, statement -> statement.setBigDecimal(parameter, value));
    }

    @Override
    public void setBinaryStream(int parameter, @Nullable InputStream value, int length) throws SQLException {
        set(parameter, statement -> statement.setBinaryStream(parameter, value, length));
    }

    @Override
    public void setBinaryStream(int parameter, @Nullable InputStream value, long length) throws SQLException {
        set(parameter, statement -> statement.setBinaryStream(parameter, value, length));
    }

    @Override
    public void setBinaryStream(int parameter, @Nullable InputStream value) throws SQLException {
        set(parameter, statement -> statement.setBinaryStream(parameter, value));
    }

    @Override
    public void setBlob(int parameter, @Nullable InputStream value, long length) throws SQLException {
        set(parameter, statement -> statement.setBlob(parameter, value, length));
    }

    @Override
    public void setBlob(int parameter, @Nullable InputStream value) throws SQLException {
        set(parameter, statement -> statement.setBlob(parameter, value));
    }

    @Override
    public void setBlob(int parameter, @Nullable Blob value) throws SQLException {
        set(parameter, statement -> statement.setBlob(parameter, value));
    }

    @Override
    public void setBoolean(int parameter, boolean value) throws SQLException {
        set(parameter, statement -> statement.setBoolean(parameter, value));
    }

    @Override
    public void setByte(int parameter, byte value) throws SQLException {
        set(parameter, statement -> statement.setByte(parameter, value));
    }

    @Override
    public void setBytes(int parameter, byte @Nullable [] value) throws SQLException {
        set(parameter, statement -> statement.setBytes(parameter, value));
    }

    @Override
    public void setCharacterStream(int parameter, @Nullable Reader value, int length) throws SQLException {
        set(parameter, statement -> statement.setCharacterStream(parameter, value, length));
    }

    @Override
    public void setCharacterStream(int parameter, @Nullable Reader value, long length) throws SQLException {
        set(parameter, statement -> statement.setCharacterStream(parameter, value, length));
    }

    @Override
    public void setCharacterStream(int parameter, @Nullable Reader value) throws SQLException {
        set(parameter, statement -> statement.setCharacterStream(parameter, value));
    }

    @Override
    public void setClob(int parameter, @Nullable Reader value, long length) throws SQLException {
        set(parameter, statement -> statement.setClob(parameter, value, length));
    }

    @Override
    public void setClob(int parameter, @Nullable Reader value) throws SQLException {
        set(parameter, statement -> statement.setClob(parameter, value));
    }

    @Override
    public void setClob(int parameter, @Nullable Clob value) throws SQLException {
        set(parameter, statement -> statement.setClob(parameter, value));
    }

    @Override
    public void setDate(int parameter, @Nullable Date value, Calendar calendar) throws SQLException {
        set(parameter, statement -> statement.setDate(parameter, value, calendar));
    }

    @Override
    public void setDate(int parameter, @Nullable Date value) throws SQLException {
        set(parameter, statement -> statement.setDate(parameter, value));
    }

    @Override
    public void setDouble(int parameter, double value) throws SQLException {
        set(parameter, statement -> statement.setDouble(parameter, value));
    }

    @Override
    public void setFloat(int parameter, float value) throws SQLException {
        set(parameter, statement -> statement.setFloat(parameter, value));
    }

    @Override
    public void setInt(int parameter, int value) throws SQLException {
        set(parameter, statement -> statement.setInt(parameter, value));
    }

    @Override
    public void setLong(int parameter, long value) throws SQLException {
        set(parameter, statement -> statement.setLong(parameter, value));
    }

    @Override
    public void setNCharacterStream(int parameter, @Nullable Reader value, long length) throws SQLException {
        set(parameter, statement -> statement.setNCharacterStream(parameter, value, length));
    }

    @Override
    public void setNCharacterStream(int parameter, @Nullable Reader value) throws SQLException {
        set(parameter, statement -> statement.setNCharacterStream(parameter, value));
    }

    @Override
    public void setNClob(int parameter, @Nullable Reader value, long length) throws SQLException {
        set(parameter, statement -> statement.setNClob(parameter, value, length));
    }

    @Override
    public void setNClob(int parameter, @Nullable Reader value) throws SQLException {
        set(parameter, statement -> statement.setNClob(parameter, value));
    }

    @Override
    public void setNClob(int parameter, @Nullable NClob value) throws SQLException {
        set(parameter, statement -> statement.setNClob(parameter, value));
    }

    @Override
    public void setNString(int parameter, @Nullable String value) throws SQLException {
        set(parameter, statement -> statement.setNString(parameter, value));
    }

    @Override
    public void setNull(int parameter, int sqlType, String typeName) throws SQLException {
        set(parameter, statement -> statement.setNull(parameter, sqlType, typeName));
    }

    @Override
    public void setNull(int parameter, int sqlType) throws SQLException {
        set(parameter, statement -> statement.setNull(parameter, sqlType));
    }

    @Override
    public void setObject(int parameter, @Nullable Object value, int targetType, int scale) throws SQLException {
        set(parameter, statement -> statement.setObject(parameter, value, targetType, scale));
    }

    @Override
    public void setObject(int parameter, @Nullable Object value, int targetType) throws SQLException {
        set(parameter, statement -> statement.setObject(parameter, value, targetType));
    }

    @Override
    public void setObject(int parameter, @Nullable Object value, SQLType targetType, int scale) throws SQLException {
        set(parameter, statement -> statement.setObject(parameter, value, targetType, scale));
    }

    @Override
    public void setObject(int parameter, @Nullable Object value, SQLType targetType) throws SQLException {
        set(parameter, statement -> statement.setObject(parameter, value, targetType));
    }

    @Override
    public void setObject(int parameter, @Nullable Object value) throws SQLException {
        set(parameter, statement -> statement.setObject(parameter, value));
    }

    @Override
    public void setRef(int parameter, @Nullable Ref value) throws SQLException {
        set(parameter, statement -> statement.setRef(parameter, value));
    }

    @Override
    public void setRowId(int parameter, @Nullable RowId value) throws SQLException {
        set(parameter, statement -> statement.setRowId(parameter, value));
    }

    @Override
    public void setSQLXML(int parameter, @Nullable SQLXML value) throws SQLException {
        set(parameter, statement -> statement.setSQLXML(parameter, value));
    }

    @Override
    public void setShort(int parameter, short value) throws SQLException {
        set(parameter, statement -> statement.setShort(parameter, value));
    }

    @Override
    public void setString(int parameter, @Nullable String value) throws SQLException {
        set(parameter, statement -> statement.setString(parameter, value));
    }

    @Override
    public void setTime(int parameter, @Nullable Time value, Calendar calendar) throws SQLException {
        set(parameter, statement -> statement.setTime(parameter, value, calendar));
    }

    @Override
    public void setTime(int parameter, @Nullable Time value) throws SQLException {
        set(parameter, statement -> statement.setTime(parameter, value));
    }

    @Override
    public void setTimestamp(int parameter, @Nullable Timestamp value, Calendar calendar) throws SQLException {
        set(parameter, statement -> statement.setTimestamp(parameter, value, calendar));
    }

    @Override
    public void setTimestamp(int parameter, @Nullable Timestamp value) throws SQLException {
        set(parameter, statement -> statement.setTimestamp(parameter, value));
    }

    @Override
    public void setURL(int parameter, @Nullable URL value) throws SQLException {
        set(parameter, statement -> statement.setURL(parameter, value));
    }

    @Override
    @Deprecated
    public void setUnicodeStream(int parameter, @Nullable InputStream value, int length) throws SQLException {
        set(parameter, statement -> statement.setUnicodeStream(parameter, value, length));
    }
}
