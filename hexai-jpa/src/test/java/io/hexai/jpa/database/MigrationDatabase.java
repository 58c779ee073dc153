package io.hexai.jpa.database;

import io.hexai.jpa.testing.TestPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** An empty database for one test. */
final class MigrationDatabase implements AutoCloseable {

    private final String url = TestPostgres.newDatabase();

    String url() {
        return url;
    }

    DataSource dataSource() {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(url);
        return dataSource;
    }

    void execute(String sql) {
        try (Connection connection = TestPostgres.connect(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** Returns the rows, their columns joined by "|". */
    List<String> rows(String sql) {
        try (Connection connection = TestPostgres.connect(url);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (result.next()) {
                List<String> columns = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    columns.add(String.valueOf(result.getString(i)));
                }
                rows.add(String.join("|", columns));
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    String value(String sql) {
        List<String> rows = rows(sql);
        if (rows.size() != 1) {
            throw new IllegalStateException(rows.size() + " rows of " + sql);
        }
        return rows.get(0);
    }

    List<String> tables() {
        return rows(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'databasechangelog%'"
                        + " ORDER BY 1");
    }

    /** Describes everything in the schema public, Liquibase's tables included. */
    List<String> schema() {
        List<String> schema = new ArrayList<>();
        schema.addAll(rows("SELECT table_name, ordinal_position, column_name, data_type, is_nullable, column_default"
                + " FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"));
        schema.addAll(rows("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"));
        schema.addAll(rows("SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint"
                + " WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2"));
        schema.addAll(
                rows(
                        "SELECT sequencename, data_type, start_value, min_value, max_value, increment_by, cycle, cache_size,"
                                + " last_value, (SELECT d.refobjid::regclass FROM pg_depend d WHERE d.objid = sequencename::regclass AND d.deptype = 'a') FROM pg_sequences ORDER BY 1"));
        schema.addAll(
                rows(
                        "SELECT tgrelid::regclass, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"));
        schema.addAll(
                rows("SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1"));
        return schema;
    }

    /** Returns what identifies each applied changeset. */
    List<String> ledger() {
        return rows("SELECT id, author, filename, md5sum, exectype FROM databasechangelog ORDER BY orderexecuted");
    }

    @Override
    public void close() {
        TestPostgres.dropDatabase(url);
    }
}
