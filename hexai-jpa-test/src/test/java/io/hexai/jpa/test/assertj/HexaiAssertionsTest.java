package io.hexai.jpa.test.assertj;

import static io.hexai.jpa.test.assertj.HexaiAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.hexai.jpa.event.EventMessage;
import io.hexai.jpa.event.EventType;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.event.ExpectedVersion;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.event.StreamId;
import io.hexai.jpa.test.InMemoryEventStore;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class HexaiAssertionsTest {

    private static final StreamId STREAM = StreamId.of("cup", "a");

    private final InMemoryEventStore store =
            InMemoryEventStore.of(EventTypes.of(CupFilled.class, CupEmptied.class, Washed.class));

    @EventType("cup.filled")
    record CupFilled(String cup, int millilitres) {}

    @EventType("cup.emptied")
    record CupEmptied(String cup) {}

    @EventType("cup.washed")
    record Washed(String cup, Instant at) {}

    private static void fails(ThrowingCallable assertion, String... message) {
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(assertion)
                .extracting(Throwable::getMessage)
                .asString()
                .contains(message);
    }

    @Nested
    class Payloads {

        @Test
        void areComparedInTheirOrderWhateverIdsAndTimesTheEventsHave() {
            store.storeAll(List.of(new CupFilled("a", 200), new CupEmptied("a")));

            assertThat(store).containsExactlyPayloads(new CupFilled("a", 200), new CupEmptied("a"));
            assertThat(store.fetch(0, 1)).containsExactlyPayloads(new CupFilled("a", 200));
        }

        @Test
        void thatDifferAreShownWithWhereTheyDo() {
            store.store(new CupFilled("a", 200));
            store.append(STREAM, ExpectedVersion.noStream(), List.of(new CupEmptied("a")));

            assertThatExceptionOfType(AssertionFailedError.class)
                    .isThrownBy(() -> assertThat(store)
                            .containsExactlyPayloads(
                                    new CupFilled("a", 200), new CupEmptied("b"), new CupFilled("b", 1)))
                    .withMessage(String.format("""
                            [events in the store] %n\
                            Expecting exactly these payloads, in this order:%n\
                              1. CupFilled[cup=a, millilitres=200]
                              2. CupEmptied[cup=b]
                              3. CupFilled[cup=b, millilitres=1]%n\
                            but at number 2 there was CupEmptied[cup=a] instead of CupEmptied[cup=b], in:%n\
                              1. #1 cup.filled CupFilled[cup=a, millilitres=200]
                              2. #2 cup.emptied CupEmptied[cup=a] cup-a@1"""))
                    .satisfies(failure -> assertThat(failure.getExpected().getStringRepresentation())
                            .isEqualTo("  1. CupFilled[cup=a, millilitres=200]\n  2. CupEmptied[cup=b]\n"
                                    + "  3. CupFilled[cup=b, millilitres=1]"))
                    .satisfies(failure -> assertThat(failure.getActual().getStringRepresentation())
                            .isEqualTo("  1. CupFilled[cup=a, millilitres=200]\n  2. CupEmptied[cup=a]"));
        }

        @Test
        void thatAreMissingOrTooManyAreSaidToBe() {
            StoredEvent stored = store.store(new CupEmptied("a"));

            fails(
                    () -> assertThat(store).containsExactlyPayloads(),
                    "  (none)",
                    "at number 1 there was CupEmptied[cup=a] instead of none");
            fails(
                    () -> assertThat(store).after(stored.position()).containsExactlyPayloads(new CupEmptied("a")),
                    "[events in the store after position 1]",
                    "at number 1 there was none instead of CupEmptied[cup=a], in:",
                    "  (none)");
        }

        @Test
        void areComparedWithoutSomeOfTheirFieldsByWhatAssertJOffers() {
            store.storeAll(List.of(new Washed("a", Instant.EPOCH), new CupEmptied("a")));

            assertThat(store)
                    .payloads(Washed.class)
                    .usingRecursiveFieldByFieldElementComparatorIgnoringFields("at")
                    .containsExactly(new Washed("a", Instant.now()));
            fails(() -> assertThat(store).payloads().isEmpty(), "payloads of the events in the store", "CupEmptied");
        }

        @Test
        void thatDoNotFitTheirClassAreShownAsJson() {
            JsonNode payload = new JsonMapper().readTree("{\"millilitres\": \"much\"}");
            store.store(EventMessage.ofJson("cup.filled", 1, payload));

            fails(
                    () -> assertThat(store).containsExactlyPayloads(new CupFilled("a", 200)),
                    "#1 cup.filled {\"millilitres\":\"much\"} (JSON that does not fit the class)");
        }
    }

    @Nested
    class NoEvents {

        @Test
        void areAssertedAsOfAnyList() {
            assertThat(store).isEmpty();
            store.store(new CupEmptied("a"));

            fails(() -> assertThat(store).isEmpty(), "Expecting none", "1. #1 cup.emptied CupEmptied[cup=a]");
        }

        @Test
        void ofATypeAreAssertedAfterNarrowing() {
            store.store(new CupEmptied("a"));

            assertThat(store).ofTypes(CupFilled.class, Washed.class).isEmpty();
            fails(
                    () -> assertThat(store)
                            .ofTypes(CupEmptied.class, Washed.class)
                            .isEmpty(),
                    "events in the store of types cup.emptied or cup.washed",
                    "CupEmptied[cup=a]");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> assertThat(store).ofTypes(String.class))
                    .withMessageContaining("java.lang.String");
        }
    }

    @Nested
    class Types {

        @Test
        void areComparedInTheirOrder() {
            store.storeAll(List.of(new CupFilled("a", 200), new CupEmptied("a")));

            assertThat(store).containsExactlyTypes(CupFilled.class, CupEmptied.class);
            fails(
                    () -> assertThat(store).containsExactlyTypes(CupEmptied.class, CupFilled.class),
                    "at number 1 there was cup.filled instead of cup.emptied");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> assertThat(store).containsExactlyTypes(String.class))
                    .withMessageContaining("java.lang.String is not an event");
        }
    }

    @Nested
    class AStream {

        @Test
        void hasItsEventsAndVersions() {
            store.store(new CupEmptied("of no stream"));
            store.append(STREAM, ExpectedVersion.noStream(), List.of(new CupFilled("a", 1), new CupEmptied("a")));

            assertThat(store).inStream(STREAM).hasSize(2).hasVersions(1, 2);
            assertThat(store.readStream(STREAM, 2)).hasVersions(2).containsExactlyTypes(CupEmptied.class);
            fails(
                    () -> assertThat(store).hasVersions(1, 2),
                    "exactly these versions",
                    "at number 1 there was null instead of 1");
            fails(() -> assertThat(store).inStream(STREAM).hasSize(1), "in stream cup-a", "CupFilled[cup=a");
        }
    }

    @Nested
    class OneEvent {

        private final StoredEvent first = store.append(
                        STREAM,
                        ExpectedVersion.noStream(),
                        List.of(EventMessage.of(new CupFilled("a", 200))
                                .withHeader("tenant", "t-1")
                                .withHeader("tries", 3L)
                                .withHeader("where", Map.of("room", List.of(1, 2)))))
                .get(0);

        @Test
        void isAssertedByItsParts() {
            assertThat(first)
                    .hasType(CupFilled.class)
                    .hasType("cup.filled")
                    .hasPayload(new CupFilled("a", 200))
                    .isInStream(STREAM, 1);
            assertThat(first).payload(CupFilled.class).returns(200, CupFilled::millilitres);
            assertThat(store.store(new CupEmptied("a"))).isInNoStream();
        }

        @Test
        void isReachedInTheList() {
            assertThat(store).singleElement().hasType(CupFilled.class);
            assertThat(store).first().isInStream(STREAM);
            assertThat(store).allSatisfy(event -> assertThat(event).hasHeader("tenant", "t-1"));
        }

        @Test
        void showsWhatDiffers() {
            String text = "#1 cup.filled CupFilled[cup=a, millilitres=200] cup-a@1";
            fails(
                    () -> assertThat(first).hasType(CupEmptied.class),
                    "Expecting the type \"cup.emptied\" but there was \"cup.filled\", in:",
                    text);
            fails(() -> assertThat(first).hasPayload(new CupEmptied("a")), "CupEmptied[cup=a] but there was", text);
            fails(() -> assertThat(first).isInStream(STREAM, 2), "the version 2L but there was 1L", text);
            fails(() -> assertThat(first).isInStream(StreamId.of("cup", "b")), "the stream cup-b but", text);
            fails(() -> assertThat(first).isInNoStream(), "the stream null but there was cup-a", text);
            fails(() -> assertThat(first).payload(CupEmptied.class), CupEmptied.class.getName(), text);
            fails(() -> assertThat(first).isNull(), text);
        }

        @Test
        void hasHeadersThatAreEqualAsJson() {
            StoredEvent read = store.fetch(0, 1).events().get(0);

            assertThat(read)
                    .hasHeader("tenant", "t-1")
                    .hasHeader("tries", 3L)
                    .hasHeader("tries", 3)
                    .hasHeader("where", Map.of("room", List.of(1L, 2L)))
                    .hasHeader("type", "cup.filled")
                    .doesNotHaveHeader("user");
            fails(() -> assertThat(read).hasHeader("tries", 4), "the header 'tries' 4 but there was 3");
            fails(() -> assertThat(read).hasHeader("user", "u"), "the header 'user' \"u\" but there was null");
            fails(() -> assertThat(read).doesNotHaveHeader("tenant"), "the header 'tenant' null but there was \"t-1\"");
        }

        @Test
        void isCausedByAMessage() {
            StoredEvent second =
                    store.store(EventMessage.of(new CupEmptied("a")).causedBy(first.message()));
            StoredEvent third = store.store(EventMessage.of(new CupEmptied("a")).causedBy(second.message()));

            assertThat(second).isCausedBy(first.message());
            assertThat(third).isCausedBy(second.message());
            fails(
                    () -> assertThat(third).isCausedBy(first.message()),
                    "the causation",
                    first.message().id());
            fails(() -> assertThat(first).isCausedBy(second.message()), "but there was null");
        }
    }
}
