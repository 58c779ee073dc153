package io.hexai.jpa.subscription;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.database.Migrations;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.testing.TestPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A database of its own with the built-in schema and the tables of the read models, and the applications that use it. */
final class SubscriptionDatabase implements AutoCloseable {

    private final String jdbcUrl = TestPostgres.newDatabase(Template.NAME);
    private final List<Application> applications = new ArrayList<>();

    Application application(Class<?>... entities) {
        return added(new Application(jdbcUrl, entities));
    }

    /** One that goes to this database by another way. */
    Application applicationAt(String otherUrl) {
        return added(new Application(otherUrl));
    }

    private Application added(Application application) {
        applications.add(application);
        return application;
    }

    String jdbcUrl() {
        return jdbcUrl;
    }

    Connection connect() {
        return TestPostgres.connect(jdbcUrl);
    }

    List<String> rows(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> read = new ArrayList<>();
            while (rows.next()) {
                List<String> values = new ArrayList<>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    values.add(rows.getString(i));
                }
                read.add(String.join("|", values));
            }
            return read;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    String value(String sql) {
        return rows(sql).get(0);
    }

    /** Account, amount and number of events of each account. */
    List<String> balances() {
        return rows("SELECT account, amount, events FROM balances ORDER BY account");
    }

    /** The checkpoint of a subscription with one partition. */
    long checkpoint(String subscription) {
        return Long.parseLong(value("SELECT position FROM hexai__checkpoints WHERE subscription = '"
                + subscription.replace("'", "''") + "'"));
    }

    void execute(String sql) {
        TestPostgres.execute(jdbcUrl, sql);
    }

    @Override
    public void close() {
        applications.forEach(Application::close);
        TestPostgres.dropDatabase(jdbcUrl);
    }

    private static final class Template {
        static final String NAME = migrated();

        private static String migrated() {
            String url = TestPostgres.newDatabase();
            try (HikariDataSource pool = TestFactory.pool(url, 2)) {
                Migrations.runBuiltIn(pool);
                Migrations.runEventTable(pool, "other_events");
            }
            TestPostgres.execute(
                    url,
                    "CREATE TABLE balances (account text PRIMARY KEY, amount integer NOT NULL,"
                            + " events integer NOT NULL)");
            return TestPostgres.nameIn(url);
        }
    }
}
