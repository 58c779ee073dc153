package io.hexai.jpa.test;

import io.hexai.jpa.bootstrap.HexaiJpa;
import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.database.TableManager;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManagerFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.ParameterResolutionException;

/** The types of parameters that tests may have, and where their values come from. */
final class Injectable {

    private static final Map<Class<?>, Function<LiveDatabase, Object>> VALUES = Map.of(
            PostgresConfig.class, LiveDatabase::config,
            DataSource.class, LiveDatabase::dataSource,
            Connection.class, Injectable::connection,
            EventStore.class, LiveDatabase::eventStore,
            StatementLog.class, database -> new StatementLog(database.observers(), false),
            TableManager.class, database -> TableManager.of(database.dataSource()),
            HexaiJpa.class, LiveDatabase::hexaiJpa,
            EntityManagerFactory.class, database -> database.hexaiJpa().entityManagerFactory(),
            UnitOfWork.class, database -> database.hexaiJpa().unitOfWork());

    private Injectable() {}

    static boolean has(Class<?> type) {
        return VALUES.containsKey(type);
    }

    static Object from(LiveDatabase database, Class<?> type) {
        Function<LiveDatabase, Object> value = VALUES.get(type);
        if (value == null) {
            throw new ParameterResolutionException(
                    "No " + type.getName() + " comes from a test database; these do: " + names());
        }
        return value.apply(database);
    }

    static List<String> names() {
        return VALUES.keySet().stream().map(Class::getSimpleName).sorted().toList();
    }

    private static Connection connection(LiveDatabase database) {
        try {
            return database.dataSource().getConnection();
        } catch (SQLException e) {
            throw new ParameterResolutionException("No connection to " + database.config(), e);
        }
    }
}
