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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ParameterResolutionException;

/** The types of parameters that tests may have, and where their values come from. */
final class Injectable {

    private static final Map<Class<?>, Function<LiveDatabase, Object>> VALUES = Map.ofEntries(
            value(PostgresConfig.class, LiveDatabase::config),
            value(DataSource.class, LiveDatabase::dataSource),
            value(Connection.class, Injectable::connection),
            value(TableManager.class, database -> TableManager.of(database.dataSource())),
            value(HexaiJpa.class, LiveDatabase::hexaiJpa),
            value(EntityManagerFactory.class, database -> database.hexaiJpa().entityManagerFactory()),
            value(UnitOfWork.class, database -> database.hexaiJpa().unitOfWork()),
            value(EventStore.class, LiveDatabase::eventStore),
            value(StatementLog.class, database -> new StatementLog(database.observers(), false)),
            value(Faults.class, database -> new Faults(database.faults(), false)),
            value(Subscriptions.class, LiveDatabase::subscriptions),
            value(TwoSessions.class, LiveDatabase::twoSessions));

    private Injectable() {}

    private static <T> Map.Entry<Class<?>, Function<LiveDatabase, Object>> value(
            Class<T> type, Function<LiveDatabase, T> source) {
        return Map.entry(type, source::apply);
    }

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

    /** What has to be done about a value when the test ends; null if nothing. */
    static @Nullable AutoCloseable closerOf(Object value) {
        if (value instanceof Connection || value instanceof TwoSessions || value instanceof Subscriptions) {
            return (AutoCloseable) value;
        }
        return value instanceof Faults faults ? faults::clear : null;
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
