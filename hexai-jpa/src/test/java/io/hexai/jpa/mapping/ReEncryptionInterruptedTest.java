package io.hexai.jpa.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.crypto.tink.KeysetHandle;
import io.hexai.jpa.mapping.ReEncryptionTest.Member;
import io.hexai.jpa.testing.LogLines;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.testing.TestPostgres;
import io.hexai.jpa.transaction.RetryEvent;
import io.hexai.jpa.transaction.TransactionInfo;
import io.hexai.jpa.transaction.TransientFailures;
import io.hexai.jpa.transaction.UnitOfWork;
import io.hexai.jpa.transaction.UnitOfWorkListener;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A re-encryption that does not run through, or not alone. */
class ReEncryptionInterruptedTest {

    /** Each has two encrypted values. */
    private static final List<String> MEMBERS = List.of("a", "b", "c", "d", "e", "f");

    static TestFactory database;

    UnitOfWork unitOfWork;
    KeysetHandle rows = TestKeys.rows();
    KeysetHandle search = TestKeys.search();
    ExecutorService threads = Executors.newCachedThreadPool();

    @BeforeAll
    static void start() {
        database = TestFactory.of(Member.class);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void store() {
        database.execute("TRUNCATE member");
        unitOfWork = UnitOfWork.of(database.factory());
        use(rows, search);
        unitOfWork.run(em -> MEMBERS.forEach(id -> em.persist(new Member(id))));
        rows = TestKeys.rotated(rows);
        search = TestKeys.rotated(search);
        use(rows, search);
    }

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    private static void use(KeysetHandle rowKeys, KeysetHandle searchKeys) {
        Encryption.install(database.factory(), EncryptionKeys.of(rowKeys).withSearchKeys(searchKeys));
    }

    private ReEncryption job() {
        return ReEncryption.of(unitOfWork).withBatchSize(2);
    }

    private void assertAllAreUnderTheNewKeys() {
        use(TestKeys.withoutOldKeys(rows), TestKeys.withoutOldKeys(search));
        List<Member> members = unitOfWork.call(em ->
                em.createQuery("from Member m order by m.id", Member.class).getResultList());
        assertThat(members).extracting(member -> member.secret).isEqualTo(secrets());
        assertThat(members).extracting(member -> member.version).containsOnly(0);
    }

    private static List<String> secrets() {
        return MEMBERS.stream().map(id -> "secret of " + id).toList();
    }

    /** Holds the row of the fifth member, so that a job stops within its third batch. */
    private static Connection lockOfTheFifth() throws SQLException {
        Connection connection = TestPostgres.connect(database.jdbcUrl());
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute("SELECT FROM member WHERE id = 'e' FOR UPDATE");
        }
        return connection;
    }

    private static Object awaitWhoWaitsForIt() {
        return Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(
                        () -> database.select("SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                + " AND datname = current_database()"),
                        found -> found.size() == 1)
                .get(0);
    }

    private static void awaitEndOf(Object backend) {
        Awaitility.await()
                .until(() -> database.select("SELECT 1 FROM pg_stat_activity WHERE pid = " + backend)
                        .isEmpty());
    }

    @Nested
    class OneThatBreaksOff {

        @Test
        void isTakenUpWhereItsProcessWasKilled() throws Exception {
            try (Connection lock = lockOfTheFifth()) {
                Process process = ReEncryptionProcess.start(database, TestKeys.json(rows), TestKeys.json(search), 2);
                Object backend = awaitWhoWaitsForIt();
                process.destroyForcibly().waitFor();
                lock.rollback();
                awaitEndOf(backend);
            }

            assertThat(job().run().rewritten()).isEqualTo(2 * MEMBERS.size() - 4);
            assertAllAreUnderTheNewKeys();
        }

        @Test
        void isTakenUpWhereItsConnectionWasLost() throws Exception {
            try (Connection lock = lockOfTheFifth()) {
                Future<ReEncryptionReport> broken = threads.submit(() -> job().run());
                Object backend = awaitWhoWaitsForIt();
                database.select("SELECT pg_terminate_backend(" + backend + ")");

                assertThatExceptionOfType(ExecutionException.class)
                        .isThrownBy(broken::get)
                        .satisfies(e -> assertThat(TransientFailures.isConnectionLost(e))
                                .isTrue());
                lock.rollback();
            }

            assertThat(job().run().rewritten()).isEqualTo(2 * MEMBERS.size() - 4);
            assertAllAreUnderTheNewKeys();
        }

        @Test
        void isTakenUpWhereItsListenerEndedIt() {
            assertThatThrownBy(() -> job().withListener(report -> {
                                throw new IllegalStateException("enough");
                            })
                            .run())
                    .hasMessage("enough");

            assertThat(job().run().rewritten()).isEqualTo(2 * MEMBERS.size() - 2);
            assertAllAreUnderTheNewKeys();
        }
    }

    @Nested
    class OneAmongOthers {

        @Test
        void sharesTheWorkWithASecond() throws Exception {
            CountDownLatch bothAreReady = new CountDownLatch(2);
            List<Future<ReEncryptionReport>> jobs = IntStream.range(0, 2)
                    .mapToObj(i -> threads.submit(() -> {
                        bothAreReady.countDown();
                        bothAreReady.await();
                        return ReEncryption.of(unitOfWork).withBatchSize(1).run();
                    }))
                    .toList();

            ReEncryptionReport one = jobs.get(0).get();
            ReEncryptionReport another = jobs.get(1).get();
            assertThat(one.rewritten() + another.rewritten()).isEqualTo(2L * MEMBERS.size());
            assertThat(one.isComplete() && another.isComplete()).isTrue();
            assertAllAreUnderTheNewKeys();
        }

        @Test
        void repeatsABatchThatCouldNotLockItsRows() throws Exception {
            List<RetryEvent> repeated = new CopyOnWriteArrayList<>();
            try (Connection lock = lockOfTheFifth();
                    SessionFactory impatient = factoryOver(database.jdbcUrl() + "&options=-c%20lock_timeout=100")) {
                Encryption.install(impatient, EncryptionKeys.of(rows).withSearchKeys(search));
                UnitOfWork ofImpatient = UnitOfWork.builder(impatient)
                        .listener(new UnitOfWorkListener() {
                            @Override
                            public void retried(TransactionInfo transaction, RetryEvent event) {
                                repeated.add(event);
                                rollback(lock);
                            }
                        })
                        .build();

                ReEncryptionReport report =
                        ReEncryption.of(ofImpatient).withBatchSize(2).run();

                assertThat(repeated).hasSize(1);
                assertThat(report.rewritten()).isEqualTo(2L * MEMBERS.size());
                assertThat(report.changedMeanwhile()).isZero();
            }
            assertAllAreUnderTheNewKeys();
        }

        private static SessionFactory factoryOver(String jdbcUrl) {
            return new HibernatePersistenceConfiguration("impatient")
                    .managedClass(Member.class)
                    .property(AvailableSettings.JAKARTA_JDBC_URL, jdbcUrl)
                    .createEntityManagerFactory();
        }

        private static void rollback(Connection connection) {
            try {
                connection.rollback();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Nested
    class OneWithoutKeys {

        @Test
        void failsAndNamesAnAttribute() {
            try (TestFactory keyless = TestFactory.of(Member.class)) {
                assertThatExceptionOfType(MissingEncryptionKeysException.class)
                        .isThrownBy(() -> ReEncryption.of(UnitOfWork.of(keyless.factory()))
                                .run())
                        .withMessageContaining("keys for the attribute");
            }
        }

        @Test
        void thatReadTheValuesLeavesThemAndReportsThem() {
            List<Object> before = database.select("SELECT secret::text || email::text FROM member ORDER BY id");
            use(TestKeys.rows(), TestKeys.search());

            ReEncryptionReport report = job().run();

            assertThat(report.isComplete()).isFalse();
            assertThat(report.unreadable()).isEqualTo(2L * MEMBERS.size());
            assertThat(report.failures())
                    .extracting(EncryptedAttributeException::attribute)
                    .contains("secret", "email");
            assertThat(database.select("SELECT secret::text || email::text FROM member ORDER BY id"))
                    .isEqualTo(before);
            use(rows, search);
            assertThat(job().run().rewritten()).isEqualTo(2L * MEMBERS.size());
        }
    }

    @Test
    void showsHowFarItHasCome() {
        List<ReEncryptionReport> shown = new ArrayList<>();
        List<String> log = LogLines.of(
                ReEncryption.class, () -> job().withListener(shown::add).run());

        assertThat(log)
                .anyMatch(line -> line.startsWith("INFO")
                        && line.contains("Column secret of Member")
                        && line.contains("12 values rewritten"));
        assertThat(shown).extracting(ReEncryptionReport::rewritten).containsExactly(2L, 4L, 6L, 8L, 10L, 12L);
    }
}
