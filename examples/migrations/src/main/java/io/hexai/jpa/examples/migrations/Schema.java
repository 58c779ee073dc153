package io.hexai.jpa.examples.migrations;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.database.TableColumn;
import io.hexai.jpa.database.TableManager;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a database has become.
 *
 * @param tables the columns of each
 * @param ledger the changesets that Liquibase takes as run, with their checksums
 */
record Schema(Map<String, List<TableColumn>> tables, List<String> ledger) {

    static Schema of(PostgresConfig database) throws SQLException {
        try (HikariDataSource pool = database.withPoolSize(1).openDataSource()) {
            TableManager manager = TableManager.of(pool);
            Map<String, List<TableColumn>> tables = new TreeMap<>();
            manager.names().forEach(table -> tables.put(table, manager.columns(table)));
            return new Schema(tables, ledger(pool));
        }
    }

    private static List<String> ledger(HikariDataSource pool) throws SQLException {
        List<String> ledger = new ArrayList<>();
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT concat_ws(' ', filename, id, author, md5sum) FROM databasechangelog ORDER BY orderexecuted")) {
            while (rows.next()) {
                ledger.add(rows.getString(1));
            }
        }
        return ledger;
    }
}
