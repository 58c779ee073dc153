package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.persistence.EntityManager;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A pool, or whoever else wraps the driver, may fail before or after the driver has sent a statement and the savepoint with it. What a
 * nested scope did is undone even so, and nothing else is.
 */
class SentAlongInVainTest extends AccountTests {

    static final String FAILING = " /* fails */";
    static final String TO_FIVE = "UPDATE account SET balance = 5";

    enum Failure {
        BEFORE,
        AFTERWARDS,
        UNCHECKED_AFTERWARDS,
        ON_THE_SERVER_BEFORE;

        @Nullable
        Object around(PreparedStatement target, Callable<@Nullable Object> execution) throws Exception {
            if (this == ON_THE_SERVER_BEFORE) {
                try (Statement statement = target.getConnection().createStatement()) {
                    statement.execute("DO $$ BEGIN RAISE EXCEPTION 'made up'; END $$");
                }
            }
            if (this != BEFORE) {
                execution.call();
            }
            throw this == UNCHECKED_AFTERWARDS ? new IllegalStateException("made up") : new SQLException("made up");
        }
    }

    UnitOfWork nested() {
        return unitOfWork.with(Propagation.NESTED);
    }

    static void send(EntityManager em, String sql) {
        em.createNativeQuery(sql).executeUpdate();
    }

    static void sendInVain(EntityManager em, String sql) {
        em.unwrap(Session.class).doWork(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql + FAILING)) {
                assertThatThrownBy(statement::execute).hasMessage("made up");
            }
        });
    }

    void assertUndone(PlainAction<RuntimeException> inside) {
        assertThatThrownBy(() -> nested().run(() -> {
                    inside.run();
                    throw new IllegalStateException("enough");
                }))
                .hasMessage("enough")
                .hasNoSuppressedExceptions();
    }

    static String insertion(String id) {
        return "INSERT INTO account (id, version, balance) VALUES ('" + id + "', 0, 1)";
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ON_THE_SERVER_BEFORE")
    void whatTheScopeDoesAfterwardsIsUndone(Failure failure) {
        over(
                failure,
                em -> assertUndone(() -> {
                    sendInVain(em, TO_FIVE);
                    send(em, insertion("inside"));
                }));

        assertThat(database.select("SELECT id || balance FROM account")).containsExactly("outer1");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ON_THE_SERVER_BEFORE")
    void whatAScopeBeforeItDidStays(Failure failure) {
        over(failure, em -> {
            nested().run(() -> send(em, TO_FIVE));
            assertUndone(() -> sendInVain(em, insertion("inside")));
            nested().run(() -> send(em, "UPDATE account SET balance = balance + 1"));
        });

        assertThat(database.select("SELECT id || balance FROM account")).containsExactly("outer6");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ON_THE_SERVER_BEFORE")
    void theEndOfAScopeIsToldOnce(Failure failure) {
        over(failure, em -> {
            nested().run(() -> send(em, TO_FIVE));
            sendInVain(em, "SELECT 1");
            assertUndone(() -> send(em, insertion("inside")));
            nested().run(() -> send(em, "UPDATE account SET balance = balance + 1"));
        });

        assertThat(database.select("SELECT id || balance FROM account")).containsExactly("outer6");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ON_THE_SERVER_BEFORE")
    void scopesInsideEachOtherAreUndoneOneByOne(Failure failure) {
        over(
                failure,
                em -> nested().run(() -> {
                    assertUndone(() -> nested().run(() -> {
                        sendInVain(em, insertion("inside"));
                        send(em, insertion("inside too"));
                    }));
                    send(em, TO_FIVE);
                }));

        assertThat(database.select("SELECT id || balance FROM account")).containsExactly("outer5");
    }

    /** As when a request to cancel the statement before arrives late. */
    @Test
    void nothingIsCommittedIfTheServerFailedBeforeTheSavepoint() {
        assertThatThrownBy(() -> over(Failure.ON_THE_SERVER_BEFORE, em -> {
                    nested().run(() -> send(em, TO_FIVE));
                    assertThatThrownBy(() -> nested().run(() -> send(em, insertion("inside") + FAILING)))
                            .hasStackTraceContaining("made up");
                }))
                .isInstanceOf(UnexpectedRollbackException.class);

        assertThat(database.select("SELECT id FROM account")).isEmpty();
    }

    @Test
    void aLostConnectionIsToldAsWhatItIs() {
        assertThatThrownBy(() -> unitOfWork.run(em -> {
                    send(em, insertion("outer"));
                    nested().run(() -> em.createNativeQuery("SELECT pg_terminate_backend(pg_backend_pid())")
                            .getSingleResult());
                }))
                .hasStackTraceContaining("terminating connection");
    }

    /** Runs work on an account 'outer', in a transaction on connections that fail so at each statement that says so. */
    private void over(Failure failure, Action<RuntimeException> work) {
        try (SessionFactory factory = new HibernatePersistenceConfiguration("failing")
                .managedClasses(Account.class)
                .property(
                        AvailableSettings.JAKARTA_NON_JTA_DATASOURCE,
                        failing(database.pool(), DataSource.class, "", failure))
                .createEntityManagerFactory()) {
            unitOfWork = UnitOfWork.of(factory);
            unitOfWork.run(em -> {
                send(em, insertion("outer"));
                work.accept(em);
            });
        } finally {
            unitOfWork = UnitOfWork.of(database.factory());
        }
    }

    private static <T> T failing(T target, Class<T> type, String sql, Failure failure) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    Callable<@Nullable Object> call = () -> {
                        try {
                            return method.invoke(target, arguments);
                        } catch (InvocationTargetException e) {
                            throw Sneaky.rethrow(e.getTargetException());
                        }
                    };
                    if (method.getName().startsWith("execute") && sql.endsWith(FAILING)) {
                        return failure.around((PreparedStatement) target, call);
                    }
                    Object result = call.call();
                    if (result instanceof Connection connection && type == DataSource.class) {
                        return failing(connection, Connection.class, "", failure);
                    }
                    return result instanceof PreparedStatement statement && type == Connection.class
                            ? failing(statement, PreparedStatement.class, (String) arguments[0], failure)
                            : result;
                }));
    }
}
