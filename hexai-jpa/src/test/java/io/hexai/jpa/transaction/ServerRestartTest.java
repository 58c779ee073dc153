package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.testing.RestartableServer;
import io.hexai.jpa.testing.TcpProxy;
import io.hexai.jpa.testing.TcpProxy.Fate;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.testing.TestPostgres;
import jakarta.persistence.PersistenceException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.hibernate.SessionFactory;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ServerRestartTest {

    @TempDir
    static Path directory;

    static RestartableServer server;

    TcpProxy proxy;
    HikariDataSource pool;
    SessionFactory factory;
    UnitOfWork unitOfWork;

    @BeforeAll
    static void startTheServer() {
        server = RestartableServer.in(directory);
    }

    @AfterAll
    static void stopTheServer() {
        server.close();
    }

    @BeforeEach
    void connect() {
        proxy = TcpProxy.before(server.jdbcUrl());
        pool = TestFactory.pool(proxy.jdbcUrl(), 4);
        pool.setConnectionTimeout(10_000);
        factory = new HibernatePersistenceConfiguration("restarted")
                .managedClasses(Account.class)
                .property("jakarta.persistence.nonJtaDataSource", pool)
                .property("jakarta.persistence.schema-generation.database.action", "drop-and-create")
                .createEntityManagerFactory();
        unitOfWork = UnitOfWork.of(factory);
    }

    @AfterEach
    void disconnect() {
        factory.close();
        pool.close();
        proxy.close();
    }

    static Stream<Named<Consumer<RestartableServer>>> endings() {
        return Stream.of(Named.of("stopped", RestartableServer::stop), Named.of("crashed", RestartableServer::crash));
    }

    @ParameterizedTest
    @MethodSource("endings")
    void givesThePoolBackWholeWhenTheServerEndsInMidWork(Consumer<RestartableServer> ending) {
        List<String> heard = new ArrayList<>();
        List<Throwable> first = new ArrayList<>();

        Throwable thrown = catchThrowable(() -> unitOfWork.run(em -> {
            unitOfWork.current().afterRollback(() -> heard.add("rolled back"));
            em.persist(new Account("lost", 1));
            em.flush();
            ending.accept(server);
            try {
                em.createQuery("from Account", Account.class).getResultList();
            } catch (RuntimeException e) {
                first.add(e);
                throw e;
            }
        }));
        server.start();

        assertThat(thrown).isSameAs(first.get(0));
        assertThat(TransientFailures.isConnectionLost(thrown)).isTrue();
        assertThat(heard).containsExactly("rolled back");
        assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        unitOfWork.run(em -> em.persist(new Account("next", 1)));
        assertThat(strings("SELECT id FROM account")).containsExactly("next");
    }

    @ParameterizedTest
    @MethodSource("endings")
    void reportsWhatIsTrueWhenTheServerEndsUnderLoad(Consumer<RestartableServer> ending) throws Exception {
        Set<String> reportedDone = ConcurrentHashMap.newKeySet();
        Set<String> reportedFailed = ConcurrentHashMap.newKeySet();
        Set<String> reportedUnknown = ConcurrentHashMap.newKeySet();
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService workers = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String worker = "w" + i + "-";
                running.add(workers.submit(() -> {
                    for (int j = 0; !over.get(); j++) {
                        String id = worker + j;
                        try {
                            unitOfWork.run(em -> em.persist(new Account(id, 1)));
                            reportedDone.add(id);
                        } catch (CommitOutcomeUnknownException e) {
                            reportedUnknown.add(id);
                        } catch (PersistenceException | CommitAbortedException e) {
                            reportedFailed.add(id);
                        }
                    }
                }));
            }
            org.awaitility.Awaitility.await().until(() -> reportedDone.size() > 50);
            ending.accept(server);
            server.start();
            int before = reportedDone.size();
            org.awaitility.Awaitility.await()
                    .atMost(60, TimeUnit.SECONDS)
                    .until(() -> reportedDone.size() > before + 20);
            over.set(true);
            for (Future<?> each : running) {
                each.get(60, TimeUnit.SECONDS);
            }
        } finally {
            over.set(true);
            workers.shutdownNow();
        }

        Set<String> rows = Set.copyOf(strings("SELECT id FROM account"));
        System.out.println(
                "Server ended under load, units done: " + reportedDone.size() + ", unknown: " + reportedUnknown);
        assertThat(rows).containsAll(reportedDone);
        assertThat(rows).noneMatch(reportedFailed::contains);
        assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
    }

    /** After a crash the server gives out again the ids of transactions of which it had written nothing down. */
    @Test
    void doesNotMistakeTheFateOfAnotherTransactionForItsOwn() {
        List<Long> own = new ArrayList<>();
        List<Long> others = new ArrayList<>();
        UnitOfWork asking = UnitOfWork.builder(factory)
                .sleeper(delay -> {
                    if (others.isEmpty()) {
                        server.crash();
                        server.start();
                        commitUpTo(own.get(0), others);
                    }
                })
                .build();
        proxy.nextCommit(Fate.LEFT_OPEN);

        Throwable thrown = catchThrowable(() -> asking.run(em -> {
            em.persist(new Account("a", 1));
            em.flush();
            own.add(Long.valueOf((String)
                    em.createNativeQuery("SELECT pg_current_xact_id()::text").getSingleResult()));
        }));

        System.out.println("The crashed server gave the id out again: " + others.contains(own.get(0)));
        assertThat(thrown)
                .isInstanceOf(
                        others.contains(own.get(0))
                                ? CommitOutcomeUnknownException.class
                                : CommitAbortedException.class);

        assertThat(strings("SELECT id FROM account")).isEmpty();
    }

    @Test
    void knowsThatATransactionWasLostOfWhoseIdTheServerKnowsNothing() {
        AtomicBoolean crashed = new AtomicBoolean();
        UnitOfWork asking = UnitOfWork.builder(factory)
                .sleeper(delay -> {
                    if (!crashed.getAndSet(true)) {
                        server.crash();
                        server.start();
                    }
                })
                .build();
        proxy.nextCommit(Fate.LEFT_OPEN);

        assertThatThrownBy(() -> asking.run(em -> em.persist(new Account("a", 1))))
                .isInstanceOf(CommitAbortedException.class);

        assertThat(strings("SELECT id FROM account")).isEmpty();
    }

    private static void commitUpTo(long id, List<Long> taken) {
        try (Connection connection = TestPostgres.connect(server.jdbcUrl());
                Statement statement = connection.createStatement()) {
            do {
                try (ResultSet row = statement.executeQuery("SELECT pg_current_xact_id()::text")) {
                    row.next();
                    taken.add(Long.valueOf(row.getString(1)));
                }
            } while (taken.get(taken.size() - 1) < id);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> strings(String sql) {
        try (Connection connection = TestPostgres.connect(server.jdbcUrl());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> strings = new ArrayList<>();
            while (rows.next()) {
                strings.add(rows.getString(1));
            }
            return strings;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
