package io.hexai.jpa.test.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.event.CurrentMessage;
import io.hexai.jpa.event.EventMessage;
import io.hexai.jpa.event.MessageTrace;
import io.hexai.jpa.event.StoredEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What events know of the message that was being handled. */
abstract class CausationContract extends EventStoreSituation {

    CausationContract(EventStoreContract contract) {
        super(contract);
    }

    @Test
    void isThatOfTheMessageBeingHandled() {
        EventMessage handled = EventMessage.of(put(0)).causedBy(EventMessage.of(put(-1)));
        MessageTrace other = new MessageTrace("x", "y");

        List<StoredEvent> caused = CurrentMessage.call(
                handled,
                () -> store.storeAll(List.of(put(1), EventMessage.of(put(2)).withCausation(other))));

        assertThat(caused.get(0).message().causation()).isEqualTo(handled.asTrace());
        assertThat(caused.get(1).message().causation()).isEqualTo(other);
        assertThat(caused)
                .allMatch(event -> handled.correlation().equals(event.message().correlation()));
        assertThat(store.fetch(0, 10).events()).isEqualTo(caused);
    }
}
