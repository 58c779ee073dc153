package io.hexai.jpa.test.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.event.EventFilter;
import io.hexai.jpa.event.ExpectedVersion;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.transaction.Propagation;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What becomes of events with the unit of work that stored them. */
abstract class UnitOfWorkContract extends EventStoreSituation {

    UnitOfWorkContract(EventStoreContract contract) {
        super(contract);
    }

    @Test
    void seesItsOwnEventsBeforeTheyAreCommitted() {
        unitOfWork.run(() -> {
            long last = store.store(put(1)).position();
            store.append(STREAM, ExpectedVersion.noStream(), put(2, 3));

            assertThat(stored()).isEqualTo(put(1, 3));
            assertThat(payloads(store.readStream(STREAM))).isEqualTo(put(2, 3));
            assertThat(store.count(last)).isEqualTo(2);
            assertThat(store.count(last, EventFilter.categories("shelf"))).isEqualTo(2);
            try (Stream<StoredEvent> all = store.stream(0, 2)) {
                assertThat(payloads(all.toList())).isEqualTo(put(1, 3));
            }
            assertThat(onAnotherThread(() -> stored())).isEmpty();
            assertThat(onAnotherThread(() -> store.readStream(STREAM))).isEmpty();
        });
        assertThat(stored()).isEqualTo(put(1, 3));
    }

    @Test
    void loseThemIfItRollsBack() {
        assertThatThrownBy(() -> unitOfWork.run(() -> {
                    store.store(put(1));
                    store.append(STREAM, ExpectedVersion.any(), put(2, 2));
                    throw new IllegalArgumentException("refused");
                }))
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(stored()).isEmpty();
        store.append(STREAM, ExpectedVersion.noStream(), put(3, 3));
        assertThat(stored()).containsExactly(put(3));
    }

    @Test
    void loseThoseOfANestedScopeThatRolledBack() {
        unitOfWork.run(() -> {
            unitOfWork.with(Propagation.NESTED).run(() -> {
                store.store(put(-1));
                unitOfWork.current().preventCommit();
            });
            store.append(STREAM, ExpectedVersion.noStream(), put(1, 1));
            unitOfWork.with(Propagation.NESTED).run(() -> {
                store.append(STREAM, ExpectedVersion.exactly(1), put(-2, -2));
                unitOfWork.with(Propagation.NESTED).run(() -> store.store(put(-3)));
                assertThat(stored()).containsExactly(put(1), put(-2), put(-3));
                unitOfWork.current().preventCommit();
            });
            unitOfWork.with(Propagation.NESTED).run(() -> store.store(put(2)));
            store.append(STREAM, ExpectedVersion.exactly(1), put(3, 3));
            assertThat(stored()).isEqualTo(put(1, 3));
        });

        assertThat(stored()).isEqualTo(put(1, 3));
    }

    @Test
    void areIndependentOfASuspendedOne() {
        unitOfWork.run(() -> {
            unitOfWork.with(Propagation.NEW).run(() -> store.store(put(1)));
            assertThat(stored()).containsExactly(put(1));
            store.store(put(-1));
            unitOfWork.current().preventCommit();
        });

        assertThat(stored()).containsExactly(put(1));
    }

    private <T> T onAnotherThread(Callable<T> call) {
        try {
            return threads.submit(call).get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
