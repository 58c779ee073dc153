package io.hexai.jpa.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.event.ExpectedVersion;
import io.hexai.jpa.event.StreamId;
import io.hexai.jpa.subscription.AccountEvent.Deposited;
import io.hexai.jpa.subscription.AccountEvent.Noted;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PartitionsTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int STREAMS = 12;

    private final SubscriptionDatabase database = new SubscriptionDatabase();
    private final Application application = database.application();

    @AfterEach
    void drop() {
        database.close();
    }

    /** Amounts that increase within each stream. */
    private void depositInAllStreams(int from, int to) {
        for (int amount = from; amount < to; amount++) {
            for (int stream = 0; stream < STREAMS; stream++) {
                application.store.append(
                        StreamId.of("account", "" + stream),
                        ExpectedVersion.any(),
                        List.of(new Deposited("" + stream, amount)));
            }
        }
    }

    @Test
    void handleEachStreamInOrderOnOneThread() {
        Map<String, String> threads = new ConcurrentHashMap<>();
        Map<String, Integer> last = new ConcurrentHashMap<>();
        EventSubscription subscription = application.start(application
                .subscription("s")
                .partitions(4)
                .on(Deposited.class, (deposited, event) -> {
                    String thread = Thread.currentThread().getName();
                    assertThat(threads.merge(deposited.account(), thread, (before, now) -> before))
                            .isEqualTo(thread);
                    assertThat(deposited.amount()).isEqualTo(last.merge(deposited.account(), 0, (n, zero) -> n + 1));
                }));
        depositInAllStreams(0, 10);
        subscription.awaitCaughtUp(SOON);
        assertThat(last).hasSize(STREAMS).containsValue(9);
        assertThat(threads.values().stream().distinct().count()).isGreaterThan(1);
        assertThat(database.rows("SELECT partition, position FROM hexai__checkpoints ORDER BY 1"))
                .containsExactly("0|120", "1|120", "2|120", "3|120");
    }

    @Test
    void doNotWaitForEachOther() throws Exception {
        CountDownLatch others = new CountDownLatch(1);
        EventSubscription subscription = application.start(application
                .subscription("s")
                .partitions(8)
                .on(
                        Noted.class,
                        (noted, event) ->
                                assertThat(others.await(30, TimeUnit.SECONDS)).isTrue())
                .on(Deposited.class, (deposited, event) -> application.add(deposited.account(), deposited.amount())));
        // Without a stream: partition 0.
        application.store.store(new Noted("slow"));
        String elsewhere = IntStream.range(0, 100)
                .mapToObj(String::valueOf)
                .filter(id -> database.value("SELECT ('x' || left(md5('account-" + id + "'), 7))::bit(28)::integer % 8")
                        .equals("5"))
                .findFirst()
                .orElseThrow();
        application.store.append(
                StreamId.of("account", elsewhere), ExpectedVersion.any(), List.of(new Deposited("quick", 1)));
        org.awaitility.Awaitility.await()
                .atMost(SOON)
                .until(() -> !database.balances().isEmpty());
        others.countDown();
        subscription.awaitCaughtUp(SOON);
    }

    @Test
    void changeTheirNumberWithoutHandlingAnythingTwiceOrNever() {
        EventSubscription four = application.start(application.balances("s").partitions(4));
        depositInAllStreams(0, 3);
        four.awaitCaughtUp(SOON);
        four.close();
        // As if some partitions had been ahead of the others.
        depositInAllStreams(3, 6);
        database.execute("UPDATE hexai__checkpoints SET position = 50 WHERE partition = 1");
        List<String> ahead = database.rows("SELECT stream_id, payload ->> 'amount' FROM hexai__events"
                + " WHERE position > 36 AND position <= 50"
                + " AND ('x' || left(md5(stream_id), 7))::bit(28)::integer % 4 = 1");
        assertThat(ahead).isNotEmpty();
        for (String event : ahead) {
            String account = event.substring("account-".length(), event.indexOf('|'));
            String amount = event.substring(event.indexOf('|') + 1);
            database.execute("UPDATE balances SET events = events + 1, amount = amount + " + amount
                    + " WHERE account = '" + account + "'");
        }

        EventSubscription two = application.start(application.balances("s").partitions(2));
        two.awaitCaughtUp(SOON);
        depositInAllStreams(6, 8);
        two.awaitCaughtUp(SOON);

        assertThat(database.rows("SELECT DISTINCT amount, events FROM balances"))
                .containsExactly("28|8");
        assertThat(database.rows("SELECT partition FROM hexai__checkpoints ORDER BY 1"))
                .containsExactly("0", "1");
    }

    @Test
    void areAtLeastOne() {
        assertThatThrownBy(() -> application.balances("s").partitions(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'s'");
    }
}
