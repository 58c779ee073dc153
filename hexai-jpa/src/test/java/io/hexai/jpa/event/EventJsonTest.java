package io.hexai.jpa.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.hexai.jpa.event.OrderEvent.Method;
import io.hexai.jpa.event.OrderEvent.OrderPaid;
import io.hexai.jpa.event.OrderEvent.OrderPlaced;
import io.hexai.jpa.event.OrderEvent.OrderShipped;
import io.hexai.jpa.event.OrderEvent.Parcel;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class EventJsonTest extends EventStoreTests {

    @BeforeAll
    static void registerAll() {
        store = builderOfAll().build();
    }

    private static EventStoreBuilder builderOfAll() {
        return builder()
                .types(EventTypes.ofSealed(OrderEvent.class).and(EventTypes.of(Everything.class, Settled.class)));
    }

    private static StoredEvent readBack() {
        List<StoredEvent> events = store.fetch(0, 10).events();
        assertThat(events).hasSize(1);
        return events.get(0);
    }

    @EventType("test.everything")
    record Everything(
            BigDecimal decimal,
            BigInteger integer,
            double number,
            long count,
            Instant instant,
            OffsetDateTime offset,
            ZonedDateTime zoned,
            LocalDate date,
            Duration duration,
            UUID uuid,
            List<Parcel> parcels,
            Map<String, List<BigDecimal>> prices,
            Optional<Method> method,
            String text) {

        static Everything with(BigDecimal decimal) {
            return new Everything(
                    decimal,
                    BigInteger.TWO.pow(300),
                    1e300,
                    Long.MAX_VALUE,
                    Instant.parse("2026-11-22T10:11:12.123456789Z"),
                    OffsetDateTime.parse("2026-11-22T10:11:12+05:30"),
                    ZonedDateTime.parse("2026-11-22T10:11:12+01:00[Europe/Paris]"),
                    LocalDate.of(2026, 2, 28),
                    Duration.ofNanos(123_456_789_012L),
                    UUID.fromString("0190a5d6-0000-7000-8000-000000000001"),
                    List.of(new Parcel("p-1", 0.1), new Parcel("p-2", 2)),
                    Map.of("eur", List.of(new BigDecimal("1.10"), new BigDecimal("0.0"))),
                    Optional.of(Method.CASH),
                    "ünï \"quoted\" \\ back\\u0000slash 😀\n\t{}");
        }
    }

    /** Jackson finds the subtypes of a sealed type by itself, but has to be told how they are told apart. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME)
    sealed interface Payment {}

    record Cash(BigDecimal given) implements Payment {}

    sealed interface Electronic extends Payment {}

    record Card(String number, Optional<Instant> authorised) implements Electronic {}

    record Pair<A, B>(A left, B right) {}

    @EventType("test.settled")
    record Settled(
            List<Payment> payments,
            Pair<Payment, List<Pair<UUID, BigDecimal>>> shares,
            Map<Method, Pair<Instant, Long>> times,
            List<Double> numbers,
            double zero,
            @Nullable String note,
            @Nullable Payment deposit,
            Optional<String> nothing) {}

    static class UnmappedEvent extends EventEntity {}

    @Nested
    class Payloads {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "0",
                    "1.50",
                    "100",
                    "1E+3",
                    "1E-30",
                    "0E+5",
                    "0.000",
                    "-12345678901234567890.12345678901234567890"
                })
        void areReadAsTheyWereWritten(String decimal) {
            Everything everything = Everything.with(new BigDecimal(decimal));

            store.store(everything);

            assertThat(readBack().payload()).isEqualTo(everything);
        }

        @Test
        void mayBeGenericSealedAndHaveNoValue() {
            Settled settled = new Settled(
                    List.of(
                            new Cash(new BigDecimal("1.10")),
                            new Card("4711", Optional.of(Instant.parse("2026-11-22T10:11:12.123456789Z"))),
                            new Card("4712", Optional.empty())),
                    new Pair<>(
                            new Cash(new BigDecimal("1E+3")),
                            List.of(new Pair<>(UUID.randomUUID(), new BigDecimal("0.00")))),
                    Map.of(Method.CARD, new Pair<>(Instant.MAX, Long.MIN_VALUE)),
                    List.of(Double.MIN_VALUE, Double.MAX_VALUE, Double.NaN, Double.NEGATIVE_INFINITY),
                    0.0,
                    null,
                    null,
                    Optional.empty());

            store.store(settled);

            assertThat(readBack().payload()).isEqualTo(settled);
        }

        @Test
        void areReadAsTheClassOfTheirType() {
            OrderPaid paid = new OrderPaid("o-1", new BigDecimal("9.90"), Instant.EPOCH, Method.CARD);
            store.store(paid);

            StoredEvent event = readBack();

            assertThat(event.type()).isEqualTo("order.order-paid");
            assertThat(event.payloadAs(OrderPaid.class)).contains(paid);
            assertThat(event.payloadAs(OrderEvent.class)).contains(paid);
            assertThat(event.payloadAs(OrderPlaced.class)).isEmpty();
        }

        @Test
        void areJsonIfTheirTypeIsNotRegistered() {
            store.store(new OrderPaid("o-1", new BigDecimal("9.90"), Instant.EPOCH, Method.CARD));
            EventStore stranger = EventStore.builder(database.unitOfWork()).build();

            StoredEvent event = stranger.fetch(0, 10).events().get(0);

            assertThat(event.type()).isEqualTo("order.order-paid");
            assertThat(event.payload()).asInstanceOf(type(JsonNode.class)).satisfies(json -> {
                assertThat(json.get("amount").decimalValue()).isEqualTo(new BigDecimal("9.90"));
                assertThat(json.get("at").stringValue()).isEqualTo("1970-01-01T00:00:00Z");
            });
        }

        @Test
        void canBeStoredAsJson() {
            ObjectNode json =
                    JsonMapper.shared().createObjectNode().put("orderId", "o-1").put("customerId", "c-1");

            store.store(EventMessage.ofJson("order.order-placed", 1, json));

            assertThat(readBack().payload()).isEqualTo(new OrderPlaced("o-1", "c-1"));
        }

        @Test
        void thatDoNotFitTheirClassDoNotHideTheOthers() {
            ObjectNode json = JsonMapper.shared().createObjectNode().put("amount", "not a number");
            store.store(EventMessage.ofJson("order.order-paid", 1, json));
            store.store(new OrderPlaced("o-1", "c-1"));

            List<StoredEvent> events = store.fetch(0, 10).events();

            assertThat(events.get(0).message().payload()).isEqualTo(json);
            assertThatThrownBy(() -> events.get(0).payload())
                    .asInstanceOf(type(UnreadableEventException.class))
                    .satisfies(e -> assertThat(e.position()).isEqualTo(1));
            assertThat(events.get(1).payload()).isEqualTo(new OrderPlaced("o-1", "c-1"));
        }

        @Test
        void areRefusedIfTheirClassIsNotRegistered() {
            EventStore placedOnly = EventStore.builder(database.unitOfWork())
                    .types(EventTypes.of(OrderPlaced.class))
                    .build();

            assertThatThrownBy(() -> placedOnly.store(new OrderPaid("o", BigDecimal.ONE, Instant.EPOCH, Method.CARD)))
                    .asInstanceOf(type(UnregisteredEventException.class))
                    .satisfies(e -> assertThat(e.eventClass()).isEqualTo(OrderPaid.class));
        }

        @ParameterizedTest
        @ValueSource(strings = {"zero \u0000", "\\\u0000", "half \ud83d"})
        void areRefusedBeforeTheDatabaseDoes(String text) {
            database.unitOfWork().run(() -> {
                assertThatThrownBy(() -> store.store(new OrderPlaced(text, "c")))
                        .asInstanceOf(type(UnstorableEventException.class))
                        .satisfies(e -> {
                            assertThat(e)
                                    .hasMessageContainingAll("order.order-placed", "payload/orderId", "Remove")
                                    .hasMessageNotContaining("zero");
                            assertThat(e.path()).isEqualTo("payload/orderId");
                        });
                store.store(new OrderPlaced("o", "c"));
            });
            assertThat(store.count(0)).isEqualTo(1);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "{\"a\": {\"b/c\": [1, \"x\\u0000\"]}} | payload/a/b~1c/1",
                    "{\"a\": \"\\\\u0000\", \"b\": {\"x\\u0000\": 1}} | payload/b/x\ufffd",
                    "\"\\u0000\" | payload"
                })
        void areRefusedWithThePlaceOfWhatCannotBeStored(String json, String path) {
            EventMessage message =
                    EventMessage.ofJson("elsewhere", 1, JsonMapper.shared().readTree(json));

            assertThatThrownBy(() -> store.storeAll(List.of(new OrderPlaced("o", "c"), message)))
                    .asInstanceOf(type(UnstorableEventException.class))
                    .satisfies(e -> {
                        assertThat(e.type()).isEqualTo("elsewhere");
                        assertThat(e.messageId()).isEqualTo(message.id());
                        assertThat(e.path()).isEqualTo(path);
                    });
            assertThat(store.count(0)).isZero();
        }

        @Test
        void areRefusedForTheirHeadersToo() {
            EventMessage message = EventMessage.of(new OrderPlaced("o", "c")).withHeader("tenant", "\0");

            assertThatThrownBy(() -> store.append(StreamId.of("order", "1"), ExpectedVersion.any(), List.of(message)))
                    .asInstanceOf(type(UnstorableEventException.class))
                    .satisfies(e -> assertThat(e.path()).isEqualTo("headers/tenant"));
            assertThat(store.count(0)).isZero();
        }

        @Test
        void areWrittenByAMapperOfTheUsersOwn() {
            EventStore snakes = builderOfAll()
                    .mapper(EventStoreBuilder.defaultMapper()
                            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                            .build())
                    .build();

            snakes.store(new OrderPlaced("o-1", "c-1"));

            assertThat(database.select("SELECT payload->>'order_id' FROM hexai__events"))
                    .containsExactly("o-1");
            assertThat(database.select("SELECT headers->>'schemaVersion' FROM hexai__events"))
                    .containsExactly("1");
            assertThat(snakes.fetch(0, 1).events().get(0).payload()).isEqualTo(new OrderPlaced("o-1", "c-1"));
        }
    }

    @Nested
    class Headers {

        @Test
        void areStoredAsTheTypeScriptLibraryReadsThem() {
            EventMessage cause = EventMessage.of(new OrderPlaced("o-0", "c"));
            EventMessage message = EventMessage.of(new OrderPlaced("o-1", "c"))
                    .withCreatedAt(Instant.parse("2026-11-22T10:11:12Z"))
                    .withHeader("tenant", "acme")
                    .withHeader("tags", List.of("a", 1, true))
                    .causedBy(cause);
            store.store(message);

            JsonNode headers = JsonMapper.shared()
                    .readTree(database.select("SELECT headers::text FROM hexai__events")
                            .get(0)
                            .toString());

            String trace = "{\"id\":\"" + cause.id() + "\",\"type\":\"order.order-placed\"}";
            assertThat(headers)
                    .isEqualTo(JsonMapper.shared()
                            .readTree("{\"id\":\"" + message.id() + "\",\"type\":\"order.order-placed\","
                                    + "\"schemaVersion\":1,\"createdAt\":\"2026-11-22T10:11:12.000Z\",\"intent\":\"event\","
                                    + "\"causation\":" + trace + ",\"correlation\":" + trace
                                    + ",\"tenant\":\"acme\",\"tags\":[\"a\",1,true]}"));
            assertThat(readBack().message()).isEqualTo(message);
            assertThat(readBack().message().headers()).isEqualTo(message.headers());
        }

        @Test
        void carryATimeOrderedId() {
            EventMessage first = EventMessage.of(new OrderPlaced("o", "c"), Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
            EventMessage second =
                    EventMessage.of(new OrderPlaced("o", "c"), Clock.fixed(Instant.ofEpochMilli(1), ZoneOffset.UTC));

            assertThat(UUID.fromString(first.id()).version()).isEqualTo(7);
            assertThat(UUID.fromString(first.id()).variant()).isEqualTo(2);
            assertThat(first.id()).isLessThan(second.id());
        }

        @Test
        void ofAnotherProgramAreReadHoweverFewTheyAre() {
            database.execute("INSERT INTO hexai__events (position, message_type, headers, payload) VALUES"
                    + " (nextval('hexai__events_position_seq'), 'foreign', '{\"correlation\": \"odd\"}', '[1]')");

            EventMessage message = readBack().message();

            assertThat(message.type()).isEqualTo("foreign");
            assertThat(message.schemaVersion()).isEqualTo(1);
            assertThat(message.correlation()).isNull();
            assertThat(message.intent()).isNull();
            assertThat(message.createdAt()).isAfter(Instant.EPOCH);
        }

        @Test
        void ofTheStandardAreNotSetByName() {
            EventMessage message = EventMessage.of(new OrderPlaced("o", "c"));

            assertThatThrownBy(() -> message.withHeader("id", "x")).isInstanceOf(IllegalArgumentException.class);
            assertThat(message.withHeader("a", 1)).isNotEqualTo(message);
            assertThat(message.ownHeaders()).isEmpty();
        }

        @Test
        void pointAtTheOriginOfAChain() {
            EventMessage origin = EventMessage.of(new OrderPlaced("o", "1"));
            EventMessage second = EventMessage.of(new OrderPlaced("o", "2")).causedBy(origin);
            EventMessage third = EventMessage.of(new OrderPlaced("o", "3")).causedBy(second);

            assertThat(third.causation()).isEqualTo(second.asTrace());
            assertThat(third.correlation()).isEqualTo(origin.asTrace());
        }
    }

    @Nested
    class Upcasting {

        private final EventTypes types = EventTypes.of(OrderShipped.class)
                .withUpcaster(
                        OrderShipped.class, 1, json -> ((ObjectNode) json).set("parcels", list(json.get("parcel"))))
                .withUpcaster(OrderShipped.class, 2, json -> {
                    ObjectNode lifted = (ObjectNode) json;
                    lifted.remove("parcel");
                    return lifted.set("notes", JsonMapper.shared().createObjectNode());
                });

        private static JsonNode list(JsonNode one) {
            return JsonMapper.shared().createArrayNode().add(one);
        }

        private StoredEvent read(int version, String payload) {
            store.store(EventMessage.ofJson(
                    "order.order-shipped", version, JsonMapper.shared().readTree(payload)));
            EventStore upcasting =
                    EventStore.builder(database.unitOfWork()).types(types).build();
            return upcasting.fetch(0, 1).events().get(0);
        }

        @Test
        void passesTheWholeChain() {
            StoredEvent event = read(1, "{\"orderId\": \"o\", \"parcel\": {\"code\": \"p\", \"weight\": 1.5}}");

            assertThat(event.payload())
                    .isEqualTo(new OrderShipped("o", List.of(new Parcel("p", 1.5)), Map.of(), Optional.empty()));
            assertThat(event.message().schemaVersion()).isEqualTo(1);
        }

        @Test
        void beginsAtTheStoredVersion() {
            StoredEvent event = read(2, "{\"orderId\": \"o\", \"parcels\": []}");

            assertThat(event.payload()).isEqualTo(new OrderShipped("o", List.of(), Map.of(), Optional.empty()));
        }

        @Test
        void leavesTheCurrentVersionAlone() {
            StoredEvent event =
                    read(3, "{\"orderId\": \"o\", \"parcels\": [], \"notes\": {\"a\": [1]}, \"carrier\": \"x\"}");

            assertThat(event.payload())
                    .isEqualTo(new OrderShipped("o", List.of(), Map.of("a", List.of(1)), Optional.of("x")));
        }

        @Test
        void thatFailsMakesOneEventUnreadable() {
            StoredEvent event = read(1, "[]");

            assertThatThrownBy(event::payload).isInstanceOf(UnreadableEventException.class);
            assertThat(event.message().payload()).isInstanceOf(JsonNode.class);
        }
    }

    @Nested
    class Registry {

        @EventType("order.order-placed")
        record Impostor() {}

        record NoEvent() {}

        @Test
        void refusesTwoClassesOfOneName() {
            assertThatThrownBy(() -> EventTypes.of(OrderPlaced.class, Impostor.class))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("OrderPlaced", "Impostor", "order.order-placed");
        }

        @Test
        void refusesWhatIsNotAnnotated() {
            assertThatThrownBy(() -> EventTypes.of(NoEvent.class))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("@EventType");
            assertThatThrownBy(() -> EventTypes.ofSealed(OrderPlaced.class))
                    .isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void refusesUpcastersThatCouldNeverRun() {
            EventTypes types = EventTypes.of(OrderShipped.class);

            assertThatThrownBy(() -> types.withUpcaster(OrderShipped.class, 3, json -> json))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> types.withUpcaster(OrderPlaced.class, 1, json -> json))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> types.withUpcaster(OrderShipped.class, 1, json -> json)
                            .withUpcaster(OrderShipped.class, 1, json -> null))
                    .isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void findsClassesByName() {
            EventTypes types = EventTypes.ofSealed(OrderEvent.class);

            assertThat(types.classes()).containsExactly(OrderPlaced.class, OrderPaid.class, OrderShipped.class);
            assertThat(types.find("order.order-placed")).contains(OrderPlaced.class);
            assertThat(types.find("unknown")).isEmpty();
        }

        @Test
        void namesTheEntityThatIsNotMapped() {
            assertThatThrownBy(() -> EventStore.builder(database.unitOfWork())
                            .entity(UnmappedEvent.class)
                            .build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(UnmappedEvent.class.getName());
        }
    }
}
