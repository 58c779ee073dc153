package io.hexai.jpa.test.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.hexai.jpa.event.DuplicateMessageException;
import io.hexai.jpa.event.EventMessage;
import io.hexai.jpa.event.ExpectedVersion;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.UnexpectedRollbackException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every store does with events that it is given. */
abstract class StoringContract extends EventStoreSituation {

    StoringContract(EventStoreContract contract) {
        super(contract);
    }

    @Test
    void returnsWhatReadersGet() {
        EventMessage message = EventMessage.of(put(1)).withHeader("tenant", "acme");

        StoredEvent event = store.store(message);

        assertThat(event.message()).isSameAs(message);
        assertThat(event.position()).isPositive();
        assertThat(event.streamId()).isNull();
        assertThat(event.streamVersion()).isNull();
        assertThat(store.fetch(0, 10).events()).containsExactly(event);
    }

    @Test
    void givesPositionsThatIncreaseInTheOrderOfTheList() {
        StoredEvent first = store.store(put(0));

        List<StoredEvent> all = store.storeAll(put(1, 3_000));

        assertThat(all)
                .hasSize(3_000)
                .extracting(StoredEvent::position)
                .isSorted()
                .doesNotHaveDuplicates()
                .first()
                .matches(position -> position > first.position());
        assertThat(payloads(store.fetch(first.position(), 4_000).events())).isEqualTo(put(1, 3_000));
    }

    @Test
    void storesNothing() {
        assertThat(store.storeAll(List.of())).isEmpty();
        assertThat(store.append(STREAM, ExpectedVersion.exactly(7), List.of())).isEmpty();
        assertThat(store.lastPosition()).isZero();
    }

    @Test
    void storesAllOrNothing() {
        List<Object> events = new ArrayList<>(put(1, 10));
        events.add("not an event");

        assertThatThrownBy(() -> store.storeAll(events)).isInstanceOf(IllegalArgumentException.class);
        assertThat(stored()).isEmpty();
    }

    @Test
    void refusesAMessageItHasAlready() {
        EventMessage message = EventMessage.of(put(1));
        store.store(message);

        assertThatThrownBy(() -> store.storeAll(List.of(put(2), message)))
                .asInstanceOf(type(DuplicateMessageException.class))
                .satisfies(e -> assertThat(e.messageId()).isEqualTo(message.id()));
        EventMessage twice = EventMessage.of(put(3));
        assertThatThrownBy(() -> store.storeAll(List.of(twice, twice))).isInstanceOf(DuplicateMessageException.class);
        assertThat(stored()).containsExactly(put(1));
    }

    @Test
    void refusesAMessageInTheUnitOfWorkThatThenCannotCommit() {
        EventMessage message = EventMessage.of(put(1));

        assertThatThrownBy(() -> unitOfWork.run(() -> {
                    store.store(message);
                    assertThatThrownBy(() -> store.store(message)).isInstanceOf(DuplicateMessageException.class);
                }))
                .isInstanceOf(UnexpectedRollbackException.class)
                .hasCauseInstanceOf(DuplicateMessageException.class);
        assertThat(stored()).isEmpty();
    }

    @Test
    void refusesAMessageInANestedScopeAndGoesOn() {
        EventMessage message = EventMessage.of(put(1));
        store.store(message);

        unitOfWork.run(() -> {
            assertThatThrownBy(() -> unitOfWork.with(Propagation.NESTED).run(() -> store.store(message)))
                    .isInstanceOf(DuplicateMessageException.class);
            store.store(put(2));
        });

        assertThat(stored()).containsExactly(put(1), put(2));
    }

    @Test
    void takesAMessageAgainThatWasRolledBack() {
        EventMessage message = EventMessage.of(put(1));
        unitOfWork.run(() -> {
            store.store(message);
            unitOfWork.current().preventCommit();
        });

        store.store(message);

        assertThat(stored()).containsExactly(put(1));
    }
}
