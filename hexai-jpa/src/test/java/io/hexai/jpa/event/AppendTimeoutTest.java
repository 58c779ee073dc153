package io.hexai.jpa.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.transaction.TransactionTimeoutException;
import io.hexai.jpa.transaction.UnitOfWork;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The time of a unit of work is over while its append waits for that of another. */
class AppendTimeoutTest extends EventStoreTests {

    private static final StreamId STREAM = StreamId.of("order", "1");

    private final UnitOfWork shortly = unitOfWork.with(o -> o.withTimeout(Duration.ofMillis(300)));
    private final EventMessage message = EventMessage.of(placed(1));

    @ParameterizedTest
    @EnumSource
    void endsTheAppendOfOneEvent(PositionStrategy strategy) {
        expectTimeout(strategy, anyStore -> anyStore.store(message));
    }

    @ParameterizedTest
    @EnumSource
    void endsTheAppendOfMany(PositionStrategy strategy) {
        expectTimeout(strategy, anyStore -> anyStore.storeAll(List.of(message, placed(2))));
    }

    @ParameterizedTest
    @EnumSource
    void endsTheAppendToAStream(PositionStrategy strategy) {
        expectTimeout(strategy, anyStore -> anyStore.append(STREAM, ExpectedVersion.any(), List.of(message)));
    }

    private void expectTimeout(PositionStrategy strategy, Consumer<EventStore> append) {
        EventStore anyStore = store(strategy);
        try (OtherSession other = new OtherSession(unitOfWork)) {
            other.run(() -> append.accept(anyStore));

            assertThatThrownBy(() -> shortly.run(() -> append.accept(anyStore)))
                    .isInstanceOf(TransactionTimeoutException.class)
                    .hasCauseInstanceOf(SQLException.class);

            other.commit();
        }
        assertThat(anyStore.fetch(0, 10).events().get(0).message().id()).isEqualTo(message.id());
    }

    @Test
    void leavesTimeToAppendBefore() {
        shortly.run(() -> {
            store.store(message);
            store.append(STREAM, ExpectedVersion.noStream(), placed(2, 3));
        });

        assertThat(payloads(store.fetch(0, 10).events())).isEqualTo(placed(1, 3));
    }
}
