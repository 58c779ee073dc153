package io.hexai.jpa.test.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.bootstrap.HexaiJpa;
import io.hexai.jpa.database.TableManager;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventType;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.event.ExpectedVersion;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.event.StreamId;
import io.hexai.jpa.subscription.EventSubscription;
import io.hexai.jpa.test.EmbeddedServer;
import io.hexai.jpa.test.Faults;
import io.hexai.jpa.test.FromDatabase;
import io.hexai.jpa.test.InMemoryEventStore;
import io.hexai.jpa.test.PostgresTest;
import io.hexai.jpa.test.SessionStep;
import io.hexai.jpa.test.StatementLog;
import io.hexai.jpa.test.Subscriptions;
import io.hexai.jpa.test.TestDatabase;
import io.hexai.jpa.test.TestIsolation;
import io.hexai.jpa.test.TwoSessions;
import io.hexai.jpa.test.assertj.HexaiAssertions;
import io.hexai.jpa.transaction.RetryPolicy;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What docs/guide/testing.md shows. */
class TestingGuideTest {

    @EventType("bank.account-opened")
    record AccountOpened(String id) {}

    @EventType("bank.money-paid-in")
    record MoneyPaidIn(String account, long amount, Instant at) {}

    @Nested
    // region first
    @PostgresTest(entities = Account.class, events = AccountOpened.class)
    class AccountsTest {

        @Test
        void opensAnAccount(UnitOfWork unitOfWork, EventStore events) {
            unitOfWork.run(em -> {
                em.persist(new Account("a-1", 100));
                events.store(new AccountOpened("a-1"));
            });

            assertThat(events.fetch(0, 10).events()).hasSize(1);
        }
    }
    // endregion

    // region composed
    @Retention(RetentionPolicy.RUNTIME)
    @PostgresTest(entities = Account.class, events = AccountOpened.class, isolation = TestIsolation.TRUNCATE)
    @interface BankTest {}
    // endregion

    @Nested
    // region composed-use
    @BankTest
    class OpeningTest {

        private final UnitOfWork unitOfWork;

        OpeningTest(UnitOfWork unitOfWork) {
            this.unitOfWork = unitOfWork;
        }

        @Test
        void startsWithAnEmptyTable() {
            unitOfWork.run(em -> assertThat(em.find(Account.class, "a-1")).isNull());
        }
    }
    // endregion

    @Nested
    @PostgresTest(entities = Account.class, isolation = TestIsolation.TRUNCATE)
    class TransferTest {

        @BeforeEach
        void openAccounts(UnitOfWork unitOfWork) {
            unitOfWork.run(em -> em.persist(new Account("a-1", 100)));
        }

        @Test
        void startsWithOneAccount(UnitOfWork unitOfWork, StatementLog log) {
            // region statement-log
            log.during(() -> unitOfWork.run(em -> em.find(Account.class, "a-1").balance -= 10))
                    .assertCount(2)
                    .startingWith("update")
                    .assertCount(1);
            // endregion
        }

        @Test
        void isRetried(UnitOfWork unitOfWork, Faults faults) {
            // region faults
            faults.atStatementContaining("update account").fail("40001");

            unitOfWork
                    .with(o -> o.withRetry(RetryPolicy.attempts(2)))
                    .run(em -> em.find(Account.class, "a-1").balance -= 10);

            assertThat(faults.pending()).isZero();
            // endregion
        }

        @Test
        void failsAtCommit(UnitOfWork unitOfWork, Faults faults) {
            // region faults-commit
            faults.atCommit().fail("40001");

            assertThatThrownBy(() -> unitOfWork.run(em -> em.find(Account.class, "a-1").balance -= 10))
                    .isInstanceOf(PersistenceException.class);
            // endregion
        }

        @Test
        void interleaves(TwoSessions sessions) {
            // region sessions
            sessions.first().run(em -> em.find(Account.class, "a-1", LockModeType.PESSIMISTIC_WRITE).balance -= 10);

            SessionStep<Account> waiting =
                    sessions.second().start(em -> em.find(Account.class, "a-1", LockModeType.PESSIMISTIC_WRITE));
            assertThat(waiting.isWaiting()).isTrue();

            sessions.first().commit();
            assertThat(waiting.await().balance).isEqualTo(90);
            // endregion
        }
    }

    @Nested
    class SeveralDatabases {

        // region several
        @RegisterExtension
        static final TestDatabase ORDERS = TestDatabase.named("orders").entities(Account.class);

        @RegisterExtension
        static final TestDatabase BILLING = TestDatabase.named("billing").changelog("classpath:changelog/notes.xml");

        @Test
        void areSeparate(@FromDatabase("orders") TableManager orders, @FromDatabase("billing") TableManager billing) {
            assertThat(orders.exists("account")).isTrue();
            assertThat(billing.exists("account")).isFalse();
        }
        // endregion
    }

    @Nested
    // region rollback
    @PostgresTest(entities = Account.class, isolation = TestIsolation.ROLLBACK)
    class InterestTest {

        @Test
        void runsHooksAfterCommit(UnitOfWork unitOfWork) {
            List<String> told = new ArrayList<>();

            unitOfWork.run(em -> {
                em.persist(new Account("a-1", 100));
                unitOfWork.current().afterCommit(() -> told.add("a-1"));
            });

            assertThat(told).containsExactly("a-1");
        }
    }
    // endregion

    @Nested
    @PostgresTest(
            entities = Account.class,
            events = {AccountOpened.class, MoneyPaidIn.class},
            isolation = TestIsolation.TRUNCATE)
    class EventsTest {

        @Test
        void areAsserted(EventStore store) {
            // region assertions
            StreamId account = StreamId.of("account", "a-1");
            long before = store.lastPosition();

            store.append(account, ExpectedVersion.noStream(), List.of(new AccountOpened("a-1")));
            store.append(account, ExpectedVersion.exactly(1), List.of(new MoneyPaidIn("a-1", 50, Instant.now())));

            HexaiAssertions.assertThat(store)
                    .after(before)
                    .inStream(account)
                    .hasVersions(1, 2)
                    .containsExactlyTypes(AccountOpened.class, MoneyPaidIn.class);
            HexaiAssertions.assertThat(store)
                    .ofTypes(AccountOpened.class)
                    .containsExactlyPayloads(new AccountOpened("a-1"))
                    .singleElement()
                    .isInStream(account, 1)
                    .doesNotHaveHeader("tenant");
            // endregion
            // region assertions-without-fields
            HexaiAssertions.assertThat(store)
                    .payloads(MoneyPaidIn.class)
                    .usingRecursiveFieldByFieldElementComparatorIgnoringFields("at")
                    .containsExactly(new MoneyPaidIn("a-1", 50, Instant.EPOCH));
            // endregion
        }

        // region subscriptions
        @Test
        void reachTheReadModel(UnitOfWork unitOfWork, EventStore store, Subscriptions subscriptions) {
            subscriptions.start(EventSubscription.builder(store, "balances")
                    .on(
                            AccountOpened.class,
                            (opened, event) -> unitOfWork.entityManager().persist(new Account(opened.id(), 0)))
                    .build());

            store.store(new AccountOpened("a-1"));
            subscriptions.awaitCaughtUp();

            unitOfWork.run(em -> assertThat(em.find(Account.class, "a-1")).isNotNull());
        }
        // endregion
    }

    @Test
    void startsAServerByHand() {
        // region embedded
        try (EmbeddedServer server = EmbeddedServer.start();
                HexaiJpa hexai = HexaiJpa.builder(server.config()).migrate().build()) {
            hexai.unitOfWork().run(em -> em.createNativeQuery("SELECT 1").getSingleResult());
        }
        // endregion
    }

    @Test
    void needsNoDatabaseForEvents() {
        // region in-memory
        InMemoryEventStore events = InMemoryEventStore.of(EventTypes.of(AccountOpened.class));

        events.store(new AccountOpened("a-1"));

        assertThat(events.fetch(0, 10).events())
                .extracting(StoredEvent::payload)
                .containsExactly(new AccountOpened("a-1"));
        events.clear();
        // endregion
        assertThat(events.count(0)).isZero();
    }
}
