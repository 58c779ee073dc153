package io.hexai.jpa.transaction;

/** The isolation levels of SQL, as PostgreSQL understands them. */
public enum IsolationLevel {
    /** PostgreSQL treats it as {@link #READ_COMMITTED}. */
    READ_UNCOMMITTED("READ UNCOMMITTED"),

    /** Each statement sees what was committed before it began: the server's default. */
    READ_COMMITTED("READ COMMITTED"),

    /** All statements see what was committed before the first of them; writing a row that changed since fails with 40001. */
    REPEATABLE_READ("REPEATABLE READ"),

    /** As if transactions ran one after another; those that could not have fail with 40001 and want a retry policy. */
    SERIALIZABLE("SERIALIZABLE");

    private final String sql;

    IsolationLevel(String sql) {
        this.sql = sql;
    }

    String sql() {
        return sql;
    }

    static IsolationLevel ofSql(String sql) {
        return valueOf(sql.toUpperCase(java.util.Locale.ROOT).replace(' ', '_'));
    }
}
