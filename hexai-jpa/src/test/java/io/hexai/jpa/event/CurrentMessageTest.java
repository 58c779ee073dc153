package io.hexai.jpa.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.event.OrderEvent.OrderPlaced;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class CurrentMessageTest {

    private final EventMessage origin = EventMessage.of(new OrderPlaced("origin", "c"));
    private final EventMessage handled =
            EventMessage.of(new OrderPlaced("handled", "c")).causedBy(origin);

    @Test
    void isNamedByWhatIsStoredMeanwhile() {
        try (EventDatabase database = EventDatabase.create()) {
            EventStore store = EventStore.builder(database.unitOfWork())
                    .types(EventTypes.ofSealed(OrderEvent.class))
                    .build();

            StoredEvent caused = CurrentMessage.call(handled, () -> store.store(new OrderPlaced("1", "c")));
            MessageTrace other = new MessageTrace("x", "y");
            StoredEvent explicit = CurrentMessage.call(
                    handled,
                    () -> store.store(EventMessage.of(new OrderPlaced("2", "c")).withCausation(other)));
            StoredEvent uncaused = store.store(new OrderPlaced("3", "c"));

            assertThat(caused.message().causation()).isEqualTo(handled.asTrace());
            assertThat(caused.message().correlation()).isEqualTo(origin.asTrace());
            assertThat(explicit.message().causation()).isEqualTo(other);
            assertThat(explicit.message().correlation()).isEqualTo(origin.asTrace());
            assertThat(uncaused.message().causation()).isNull();
            assertThat(store.fetch(0, 3).events()).containsExactly(caused, explicit, uncaused);
        }
    }

    @Test
    void isTheOuterOneAgainAfterAnInnerOne() {
        CurrentMessage.run(origin, () -> {
            CurrentMessage.run(handled, () -> assertThat(CurrentMessage.get()).contains(handled));
            assertThat(CurrentMessage.get()).contains(origin);
        });
        assertThat(CurrentMessage.get()).isEmpty();
    }

    @Test
    void isForgottenWhenTheWorkFails() {
        assertThatThrownBy(() -> CurrentMessage.run(origin, () -> {
                    throw new IOException("failed");
                }))
                .isInstanceOf(IOException.class);
        assertThat(CurrentMessage.get()).isEmpty();
    }
}
