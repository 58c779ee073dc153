package io.hexai.jpa.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.hexai.jpa.subscription.AccountEvent.Deposited;
import io.hexai.jpa.subscription.AccountEvent.Noted;
import io.hexai.jpa.transaction.Registration;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class WakeUpTest {

    private static final Duration SOON = Duration.ofSeconds(15);
    private static final String LISTENING = "FROM pg_stat_activity WHERE datname = current_database()"
            + " AND application_name = 'hexai-jpa subscriptions'";

    private final SubscriptionDatabase database = new SubscriptionDatabase();
    private final Application follower = database.application();
    private final Application writer = database.application();

    @AfterEach
    void drop() {
        database.close();
    }

    /** It would not look by itself for longer than the tests wait. */
    private EventSubscription listening(SubscriptionListener... listeners) {
        EventSubscriptionBuilder builder = follower.balances("s").pollInterval(Duration.ofHours(1));
        for (SubscriptionListener listener : listeners) {
            builder.listener(listener);
        }
        EventSubscription subscription = follower.start(builder);
        await().atMost(SOON)
                .until(() -> database.value("SELECT count(*) " + LISTENING + " AND query LIKE 'LISTEN%'")
                        .equals("1"));
        await().atMost(SOON).until(() -> subscription.state().status() == SubscriptionStatus.RUNNING);
        follower.store.store(new Deposited("first", 1));
        subscription.awaitCaughtUp(SOON);
        return subscription;
    }

    @Test
    void comesFromAnotherProcessThatAnnouncesItsAppends() {
        EventSubscription subscription = listening();
        try (Registration announcing = EventSubscription.announceAppends(writer.store)) {
            assertThat(announcing).isNotNull();
            writer.store.store(new Deposited("a", 1));
            subscription.awaitCaughtUp(SOON);
        }
        assertThat(database.balances()).contains("a|1|1");
    }

    @Test
    void comesFromAProcessThatIsAStandby() {
        EventSubscription subscription = listening();
        writer.start(writer.balances("s"));
        writer.store.store(new Deposited("a", 1));
        subscription.awaitCaughtUp(SOON);
        assertThat(database.balances()).contains("a|1|1");
    }

    @Test
    void isNotMissedWhileTheConnectionThatWasListenedOnIsLost() {
        EventSubscription subscription = listening();
        try (Registration announcing = EventSubscription.announceAppends(writer.store)) {
            assertThat(announcing).isNotNull();
            database.execute("SELECT pg_terminate_backend(pid) " + LISTENING);
            writer.store.store(new Deposited("a", 1));
            subscription.awaitCaughtUp(SOON);
            writer.store.store(new Deposited("a", 2));
            subscription.awaitCaughtUp(SOON);
        }
        assertThat(database.balances()).contains("a|3|2");
    }

    @Test
    void isNotForgottenWhileThePoolIsExhausted() throws Exception {
        CountDownLatch retrying = new CountDownLatch(1);
        EventSubscription subscription = listening(new SubscriptionListener() {
            @Override
            public void retrying(String name, Throwable failure, int attempt) {
                retrying.countDown();
            }
        });
        List<Connection> borrowed = new ArrayList<>();
        try (Registration announcing = EventSubscription.announceAppends(writer.store)) {
            assertThat(announcing).isNotNull();
            while (borrowed.size() < follower.pool.getMaximumPoolSize()) {
                borrowed.add(follower.pool.getConnection());
            }
            writer.store.store(new Deposited("a", 1));
            assertThat(retrying.await(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            for (Connection connection : borrowed) {
                connection.close();
            }
        }
        subscription.awaitCaughtUp(Duration.ofSeconds(60));
        assertThat(database.balances()).contains("a|1|1");
    }

    /** What pgbouncer in transaction mode does to LISTEN, another database does, too. */
    @Test
    void isSaidToBeMissingWhereNoNotificationArrives() throws Exception {
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        Logger log = (Logger) LoggerFactory.getLogger(EventSubscription.class);
        appender.start();
        log.addAppender(appender);
        try (SubscriptionDatabase elsewhere = new SubscriptionDatabase()) {
            SessionFactoryImplementor there = elsewhere.application().factory.unwrap(SessionFactoryImplementor.class);
            NotificationListener listener = new NotificationListener(
                    ListenConnections.of(there), new WakeUps(follower.unitOfWork), Duration.ofMillis(20));
            Thread thread = new Thread(listener);
            thread.start();
            await().atMost(SOON)
                    .until(() -> List.copyOf(appender.list).stream()
                            .map(ILoggingEvent::getFormattedMessage)
                            .anyMatch(line -> line.contains("have not heard their own NOTIFY within PT0.02S")
                                    && line.contains("pgbouncer")));
            listener.stop();
            thread.join(SOON.toMillis());
            assertThat(thread.isAlive()).isFalse();
        } finally {
            log.detachAppender(appender);
        }
    }

    @Test
    void isReplacedByPollingWhereNobodyAnnounces() {
        EventSubscription subscription = follower.start(follower.balances("s").pollInterval(Duration.ofMillis(50)));
        writer.store.store(new Deposited("a", 1));
        subscription.awaitCaughtUp(SOON);
        assertThat(database.balances()).containsExactly("a|1|1");
    }

    @Test
    void takesOneConnectionHoweverManySubscriptionsThereAreAndGivesItBack() {
        listening();
        for (String name : List.of("t", "u", "v")) {
            follower.start(follower.balances(name));
        }
        assertThat(database.value("SELECT count(*) " + LISTENING)).isEqualTo("1");
        follower.closeSubscriptions();
        await().atMost(SOON)
                .until(() -> database.value("SELECT count(*) " + LISTENING).equals("0"));
    }

    @Test
    void isNoticeableForNoHookAndNoObserverOfTheApplication() {
        AtomicInteger commits = new AtomicInteger();
        follower.unitOfWork.onEveryCommit(commits::incrementAndGet);
        EventSubscription subscription = listening();
        int before = commits.get();
        for (int i = 0; i < 3; i++) {
            follower.store.store(new Noted("not handled"));
            subscription.awaitCaughtUp(SOON);
        }
        // The appends.
        assertThat(commits.get() - before).isEqualTo(3);
    }
}
