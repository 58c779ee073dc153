package io.hexai.jpa.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hexai.jpa.subscription.AccountEvent.Deposited;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * Subscribers in processes of their own, of which the active one is stopped or killed in the middle of a batch, while events
 * are stored all the time.
 *
 * <p>More kills, and the time that a takeover may take, on demand and on a quiet machine: {@code -Dhexai.subscription.kills=10}.
 */
class SubscriberProcessTest {

    private static final int KILLS = Integer.getInteger("hexai.subscription.kills", 1);
    private static final Duration TAKEOVER = Duration.ofSeconds(5);

    /** The default one where the time counts; where it is only waited for, a shorter one. */
    private static final Duration LEASE = KILLS > 1 ? Duration.ofSeconds(3) : Duration.ofSeconds(1);

    private static final Duration LONG = Duration.ofMinutes(2);
    private static final String OWNER =
            "SELECT coalesce((SELECT owner FROM hexai__subscriptions WHERE lease_until > clock_timestamp()), '')";
    /** Somebody is between the begin and the end of a transaction that handles events. */
    private static final String IN_MID_BATCH =
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2"
                    + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

    private final SubscriptionDatabase database = new SubscriptionDatabase();
    private final Application application = database.application();
    private final AtomicBoolean storing = new AtomicBoolean(true);
    private final List<SubscriberProcess> processes = new ArrayList<>();

    @AfterEach
    void end() {
        storing.set(false);
        processes.forEach(SubscriberProcess::close);
        database.close();
    }

    private SubscriberProcess started() throws Exception {
        SubscriberProcess process = SubscriberProcess.start(database, LEASE);
        processes.add(process);
        return process;
    }

    private SubscriberProcess owner() {
        String owner = await().atMost(LONG).until(() -> database.value(OWNER), name -> !name.isEmpty());
        return processes.stream()
                .filter(process -> owner.contains(" process " + process.id() + " "))
                .findFirst()
                .orElseThrow();
    }

    private CompletableFuture<Void> storeAllTheTime() {
        return CompletableFuture.runAsync(() -> {
            for (int i = 0; storing.get(); i++) {
                application.store.storeAll(List.of(new Deposited("a" + i % 7, i), new Deposited("b" + i % 3, 1)));
                await().pollDelay(Duration.ofMillis(60)).until(() -> true);
            }
        });
    }

    private void awaitMidBatch() {
        await().pollInterval(Duration.ofMillis(2))
                .atMost(LONG)
                .until(() -> !database.value(IN_MID_BATCH).equals("0"));
    }

    private long takenOverAfter(SubscriberProcess former) {
        long begin = System.nanoTime();
        await().pollInterval(Duration.ofMillis(20)).atMost(LONG).until(() -> {
            String owner = database.value(OWNER);
            return !owner.isEmpty() && !owner.contains(" process " + former.id() + " ");
        });
        return (System.nanoTime() - begin) / 1_000_000;
    }

    /** Processes that listen. */
    private long connections() {
        return Long.parseLong(database.value("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                + " AND application_name = 'hexai-jpa subscriptions'"));
    }

    @Test
    void handlesEachEventOnceAlthoughTheActiveOneIsStoppedOrKilled(TestReporter reporter) throws Exception {
        EventSubscription monitor = application.build(application.balances("balances"));
        started();
        started();
        CompletableFuture<Void> storing = storeAllTheTime();
        await().atMost(LONG).until(() -> connections() >= 2);
        SubscriberProcess stopped = owner();
        awaitMidBatch();
        stopped.suspend();
        takenOverAfter(stopped);
        monitor.awaitCaughtUp(LONG);
        stopped.resume();
        // From here on it is a standby like any other; of two, it is the one that takes over.
        List<Long> takeovers = new ArrayList<>();
        for (int kill = 0; kill < KILLS; kill++) {
            if (kill > 0) {
                started();
            }
            await().atMost(LONG).until(() -> connections() >= 2);
            SubscriberProcess owner = owner();
            awaitMidBatch();
            owner.kill();
            takeovers.add(takenOverAfter(owner));
        }
        this.storing.set(false);
        storing.join();
        monitor.awaitCaughtUp(LONG);
        assertThat(database.balances())
                .isEqualTo(database.rows("SELECT payload ->> 'account', sum((payload ->> 'amount')::integer), count(*)"
                        + " FROM hexai__events GROUP BY 1 ORDER BY 1"));
        reporter.publishEntry("takeovers in ms: " + takeovers);
        if (KILLS > 1) {
            assertThat(takeovers).allSatisfy(millis -> assertThat(millis).isLessThan(TAKEOVER.toMillis()));
        }
    }
}
