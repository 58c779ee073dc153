package io.hexai.jpa.transaction.fidelity;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.testing.TestPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.slf4j.LoggerFactory;

/** The database that programs run on: the same rows at the start of each. */
final class Fixture implements AutoCloseable {

    static final int CUSTOMERS = 4;
    static final int PURCHASES = 5;
    static final int CLUBS = 3;

    private static final List<String> TABLES = List.of(
            "reply",
            "remark",
            "customer_tags",
            "customer_notes",
            "customer_scores",
            "customer_phones",
            "customer_club",
            "item",
            "purchase",
            "payment",
            "customer",
            "club",
            "book",
            "device",
            "product");

    private final Statements statements = new Statements();
    private final TestFactory database;
    private final Connection connection;

    Fixture() {
        database = TestFactory.of(
                Map.of(AvailableSettings.STATEMENT_INSPECTOR, statements, AvailableSettings.TC_CLASSLOADER, "before"),
                Model.ENTITIES);
        connection = TestPostgres.connect(database.jdbcUrl());
        execute(procedureOfReset());
    }

    TestFactory database() {
        return database;
    }

    Statements statements() {
        return statements;
    }

    void reset() {
        execute("CALL reset()");
    }

    /** A procedure, so that the server plans its statements once. */
    private static String procedureOfReset() {
        StringBuilder sql = new StringBuilder("CREATE PROCEDURE reset() LANGUAGE plpgsql AS $$ BEGIN ");
        TABLES.forEach(table -> sql.append("DELETE FROM ").append(table).append(";"));
        sql.append("DELETE FROM audit;");
        for (int i = 1; i <= CLUBS; i++) {
            sql.append("INSERT INTO club (id, version, name) VALUES (%d, 0, 'club-%d');".formatted(i, i));
        }
        sql.append("INSERT INTO product (id, version, title) VALUES (1, 0, 'a book');");
        sql.append("INSERT INTO book (id, pages) VALUES (1, 100);");
        for (int i = 1; i <= CUSTOMERS; i++) {
            sql.append("""
                    INSERT INTO customer (id, version, code, name, origin, street, city, settings, referrer_id, favourite_id)
                    VALUES (%1$d, 0, 'code-%1$d', 'name-%1$d', 'origin', 'street', 'city', '{"theme": %1$d}', %2$s, %3$s);
                    INSERT INTO customer_tags (customer_id, tags) VALUES (%1$d, 'old'), (%1$d, 'tag-%1$d');
                    INSERT INTO customer_notes (customer_id, notes, notes_order) VALUES (%1$d, 'one', 0), (%1$d, 'two', 1);
                    INSERT INTO customer_scores (customer_id, scores, scores_key) VALUES (%1$d, 1, 'start');
                    INSERT INTO customer_phones (customer_id, kind, number) VALUES (%1$d, 'home', '9'), (%1$d, 'work', '5');
                    INSERT INTO customer_club (customer_club_id, clubs_id) VALUES (%1$d, %4$d);
                    """.replace("customer_club_id", "members_id")
                    .formatted(i, i == 1 ? "null" : "1", i == 2 ? "1" : "null", 1 + i % CLUBS));
        }
        for (int i = 1; i <= PURCHASES; i++) {
            sql.append("""
                    INSERT INTO purchase (id, version, label, customer_id) VALUES (%1$d, 0, 'purchase-%1$d', %2$d);
                    INSERT INTO item (id, sku, quantity, purchase_id) VALUES (%1$d, 'sku-%1$d', 1, %1$d), (%1$d + 50, 'b', 1, %1$d);
                    """.formatted(i, 1 + i % CUSTOMERS));
        }
        return sql.append(" END $$").toString();
    }

    private void execute(String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Every row of every table, as text and in order, but for generated identifiers. */
    List<String> rows() {
        StringBuilder sql = new StringBuilder();
        for (String table : TABLES) {
            String row = table.equals("remark")
                    ? "concat_ws(' ', t.text, t.version, (SELECT count(*) FROM reply r WHERE r.remark_id = t.id))"
                    : table.equals("reply") ? "t.text" : "t::text";
            sql.append(sql.isEmpty() ? "" : " UNION ALL ")
                    .append("SELECT '%1$s' || %2$s FROM %1$s t".formatted(table, row));
        }
        List<String> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql + " ORDER BY 1")) {
            while (result.next()) {
                rows.add(result.getString(1));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return rows;
    }

    /** For what Hibernate takes, rightly, for an unsafe use of the session, and logs even before it throws. */
    static void withoutHibernatesComplaints(Runnable action) {
        Logger logger = (Logger) LoggerFactory.getLogger("org.hibernate.orm.core");
        Level before = logger.getLevel();
        logger.setLevel(Level.OFF);
        try {
            action.run();
        } finally {
            logger.setLevel(before);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        database.close();
    }

    /** Keeps what Hibernate sends. */
    static final class Statements implements StatementInspector {
        private static final long serialVersionUID = 1L;

        private final transient List<String> sent = new ArrayList<>();

        @Override
        public String inspect(String sql) {
            sent.add(sql);
            return sql;
        }

        int count() {
            return sent.size();
        }

        List<String> since(int count) {
            return List.copyOf(sent.subList(count, sent.size()));
        }

        void forget() {
            sent.clear();
        }
    }
}
