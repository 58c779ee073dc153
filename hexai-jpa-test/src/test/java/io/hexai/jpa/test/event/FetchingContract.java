package io.hexai.jpa.test.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.event.EventPage;
import io.hexai.jpa.event.StoredEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How every store is read page by page. */
abstract class FetchingContract extends EventStoreSituation {

    FetchingContract(EventStoreContract contract) {
        super(contract);
    }

    @Test
    void readsPageByPage() {
        List<StoredEvent> events = store.storeAll(put(1, 5));

        EventPage first = store.fetch(0, 3);
        EventPage second = store.fetch(first.nextPosition(), 3);

        assertThat(first.events()).isEqualTo(events.subList(0, 3));
        assertThat(first.nextPosition()).isEqualTo(events.get(2).position());
        assertThat(first.lastPosition()).isEqualTo(events.get(4).position());
        assertThat(first.isLast()).isFalse();
        assertThat(second.events()).isEqualTo(events.subList(3, 5));
        assertThat(second.isLast()).isTrue();
        assertThat(store.fetch(second.nextPosition(), 3).events()).isEmpty();
    }

    @Test
    void findsAnEmptyStoreEmpty() {
        EventPage page = store.fetch(0, 10);

        assertThat(page.events()).isEmpty();
        assertThat(page.nextPosition()).isZero();
        assertThat(page.lastPosition()).isZero();
        assertThat(page.isLast()).isTrue();
        assertThat(store.lastPosition()).isZero();
        assertThat(store.count(0)).isZero();
    }

    @Test
    void keepsAPositionBeyondTheEnd() {
        long beyond = store.store(put(1)).position() + 70;

        EventPage page = store.fetch(beyond, 10);

        assertThat(page.events()).isEmpty();
        assertThat(page.nextPosition()).isEqualTo(beyond);
        assertThat(page.isLast()).isTrue();
    }

    @Test
    void countsWhatIsLeft() {
        List<StoredEvent> events = store.storeAll(put(1, 5));

        assertThat(store.count(0)).isEqualTo(5);
        assertThat(store.count(events.get(2).position())).isEqualTo(2);
        assertThat(store.count(events.get(4).position() + 1)).isZero();
        assertThat(store.lastPosition()).isEqualTo(events.get(4).position());
    }

    @Test
    void refusesImpossibleArguments() {
        assertThatThrownBy(() -> store.fetch(-1, 10)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.fetch(0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.stream(0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.stream(-1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.count(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.readStream(STREAM, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void missesNothingOfConcurrentWriters() throws Exception {
        AtomicInteger writing = new AtomicInteger(4);
        List<Future<?>> writers = new ArrayList<>();
        for (int writer = 0; writer < 4; writer++) {
            int number = writer * 1_000;
            writers.add(threads.submit(() -> {
                for (int i = 0; i < 30; i++) {
                    int event = number + i;
                    unitOfWork.run(() -> {
                        store.store(put(event));
                        if (event % 3 == 0) {
                            unitOfWork.current().preventCommit();
                        }
                    });
                }
                writing.decrementAndGet();
            }));
        }
        List<StoredEvent> seen = new ArrayList<>();
        EventPage page = new EventPage(List.of(), 0, 0);
        boolean isOver = false;
        while (!isOver) {
            isOver = writing.get() == 0 || writers.stream().allMatch(Future::isDone);
            do {
                page = store.fetch(page.nextPosition(), 7);
                seen.addAll(page.events());
            } while (!page.isLast());
        }
        for (Future<?> writer : writers) {
            writer.get();
        }

        assertThat(seen).hasSize(80).isEqualTo(store.fetch(0, 1_000).events());
    }
}
