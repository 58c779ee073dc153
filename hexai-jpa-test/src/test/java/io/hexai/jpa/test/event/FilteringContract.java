package io.hexai.jpa.test.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.event.EventFilter;
import io.hexai.jpa.event.EventPage;
import io.hexai.jpa.event.ExpectedVersion;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.event.StreamId;
import io.hexai.jpa.test.event.ShelfEvent.BookSold;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How every store selects. */
abstract class FilteringContract extends EventStoreSituation {

    FilteringContract(EventStoreContract contract) {
        super(contract);
    }

    private final List<Long> positions = new ArrayList<>();

    @BeforeEach
    void fill() {
        add(store.store(put(1)));
        store.append(STREAM, ExpectedVersion.any(), List.of(put(2), sold())).forEach(this::add);
        store.append(StreamId.of("cellar", "1"), ExpectedVersion.any(), List.of(sold(), put(5)))
                .forEach(this::add);
        add(store.store(sold()));
    }

    private void add(StoredEvent event) {
        positions.add(event.position());
    }

    private BookSold sold() {
        return new BookSold("a", BigDecimal.TEN, Instant.EPOCH, Optional.empty());
    }

    private List<Integer> selected(EventFilter filter) {
        EventPage page = store.fetch(0, 10, filter);
        assertThat(page.events()).allMatch(filter::matches);
        assertThat(store.count(0, filter)).isEqualTo(page.events().size());
        try (Stream<StoredEvent> all = store.stream(0, 2, filter)) {
            assertThat(all.toList()).isEqualTo(page.events());
        }
        return page.events().stream()
                .map(event -> positions.indexOf(event.position()) + 1)
                .toList();
    }

    @Test
    void selectsTypesAndCategories() {
        assertThat(selected(EventFilter.types(BookSold.class))).containsExactly(3, 4, 6);
        assertThat(selected(EventFilter.typeNames("shelf.book-sold", "shelf.book-put")))
                .containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(selected(EventFilter.categories("shelf"))).containsExactly(2, 3);
        assertThat(selected(EventFilter.categories("shelf", "cellar"))).containsExactly(2, 3, 4, 5);
        assertThat(selected(EventFilter.types(BookSold.class).withCategories("shelf", "cellar")))
                .containsExactly(3, 4);
        assertThat(selected(EventFilter.typeNames("unknown"))).isEmpty();
    }

    @Test
    void passesWhatItDoesNotSelect() {
        EventFilter cellar = EventFilter.categories("cellar");

        EventPage first = store.fetch(0, 1, cellar);
        EventPage second = store.fetch(first.nextPosition(), 10, cellar);

        assertThat(first.nextPosition()).isEqualTo(positions.get(3));
        assertThat(first.isLast()).isFalse();
        assertThat(second.events()).extracting(StoredEvent::position).containsExactly(positions.get(4));
        assertThat(second.nextPosition()).isEqualTo(positions.get(5));
        assertThat(second.isLast()).isTrue();
    }
}
