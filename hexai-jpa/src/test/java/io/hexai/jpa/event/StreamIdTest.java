package io.hexai.jpa.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class StreamIdTest {

    @Test
    void isCategoryAndId() {
        StreamId stream = StreamId.of("order", "2026-17");

        assertThat(stream).hasToString("order-2026-17").isEqualTo(StreamId.parse("order-2026-17"));
        assertThat(stream.category()).isEqualTo("order");
        assertThat(stream.id()).isEqualTo("2026-17");
    }

    @Test
    void needsBoth() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StreamId.of(" ", "1"))
                .withMessageContaining("category");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StreamId.of("order", ""))
                .withMessageContaining("id of a stream of category 'order'");
    }

    @Test
    void hasNoSeparatorInItsCategory() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StreamId.of("purchase-order", "1"))
                .withMessageContaining("'purchase-order'");
    }

    @Test
    void hasNoCharacterThatTheServerCannotStore() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StreamId.of("order", "a\0b"))
                .withMessageContaining("'order-a␀b'")
                .withMessageContaining("U+0000 at index 7");
    }
}
