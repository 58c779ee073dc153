package io.hexai.jpa.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class QueryParametersTest extends QueryTests {

    @Nested
    class Parameters {

        @Test
        void areDataWhateverTheyHold() {
            for (String data :
                    List.of(":name", "[[ids]]", "it's", "\\", "-- x", "/* x", "$1 ?", "'; DROP TABLE QueryItem; --")) {
                assertThat(value(String.class, ":data::text || :name", "data", data, "name", "!"))
                        .isEqualTo(data + "!");
            }
        }

        @Test
        void mustBeGiven() {
            SqlQuery query =
                    queries.sql("SELECT :status::text, :id::int").named("open").param("id", 1);
            unitOfWork.run(() -> assertThatThrownBy(query::arrays)
                    .isInstanceOfSatisfying(QueryParameterException.class, e -> {
                        assertThat(e.queryName()).contains("open");
                        assertThat(e.parameter()).contains("status");
                    })
                    .hasMessageContaining("status")
                    .hasMessageContaining("query 'open'"));
        }

        @Test
        void mustBeKnown() {
            assertThatThrownBy(() ->
                            queries.sql("SELECT :status, :id").named("open").param("statsu", "x"))
                    .isInstanceOf(QueryParameterException.class)
                    .hasMessageContaining("'statsu'")
                    .hasMessageContaining("query 'open'")
                    .hasMessageContaining("[status, id]")
                    .hasMessageEndingWith("Did you mean status?");
        }

        @Test
        void mustBeOfAClassThatCanBeSent() {
            assertThatThrownBy(() -> queries.sql("SELECT :x").param("x", new Object()))
                    .isInstanceOf(QueryParameterException.class)
                    .hasMessageContaining("'x'")
                    .hasMessageContaining("java.lang.Object");
            assertThatThrownBy(() -> queries.sql("SELECT :x").param("x", List.of(Thread.currentThread())))
                    .isInstanceOf(QueryParameterException.class)
                    .hasMessageContaining("java.lang.Thread");
        }

        @Test
        void mayBeNull() {
            assertThat(ids("full_name IS NOT DISTINCT FROM :name", "name", null))
                    .isEmpty();
            assertThat(value(Boolean.class, ":x::text IS NULL", "x", null)).isTrue();
        }

        @Test
        void travelUnchanged() {
            Instant instant = Instant.parse("2026-03-29T01:30:00.123456Z");
            UUID uuid = UUID.randomUUID();
            assertThat(value(Instant.class, ":x::timestamptz", "x", instant)).isEqualTo(instant);
            assertThat(value(Instant.class, ":x::timestamptz", "x", instant.atZone(ZoneOffset.ofHours(5))))
                    .isEqualTo(instant);
            assertThat(value(LocalDateTime.class, ":x::timestamp", "x", LocalDateTime.parse("2026-03-29T02:30:00")))
                    .isEqualTo("2026-03-29T02:30:00");
            assertThat(value(LocalDate.class, ":x::date", "x", LocalDate.parse("0001-01-01")))
                    .isEqualTo("0001-01-01");
            assertThat(value(UUID.class, ":x", "x", uuid)).isEqualTo(uuid);
            assertThat(value(BigDecimal.class, ":x::numeric", "x", new BigDecimal("1.10")))
                    .isEqualTo(new BigDecimal("1.10"));
            assertThat(value(byte[].class, ":x::bytea", "x", new byte[] {1, 2})).containsExactly(1, 2);
            assertThat(value(
                            Duration.class,
                            ":x::interval",
                            "x",
                            Duration.ofHours(26).plusMillis(5)))
                    .isEqualTo(Duration.ofHours(26).plusMillis(5));
            assertThat(value(Boolean.class, ":x", "x", true)).isTrue();
            assertThat(value(Mood.class, ":x::mood", "x", Mood.SAD)).isEqualTo(Mood.SAD);
            assertThat(value(Mood.class, ":x::text", "x", Mood.SAD)).isEqualTo(Mood.SAD);
            JsonNode json = JsonMapper.shared().readTree("{\"a\": [1, \":b\"]}");
            assertThat(value(JsonNode.class, ":x", "x", json)).isEqualTo(json);
        }

        @Test
        void standBesideOperatorsWithQuestionMarks() {
            assertThat(value(
                            Boolean.class,
                            "'{\"a\": 1}'::jsonb ? :key AND '{\"a\": 1}'::jsonb ?| :keys AND '[1]'::jsonb @? '$[*] ? (@ == 1)'",
                            "key",
                            "a",
                            "keys",
                            List.of("a", "b")))
                    .isTrue();
        }

        @Test
        void standInSlicesAndCasts() {
            assertThat(value(String.class, "(ARRAY['a','b','c'])[:from : :to]::text", "from", 2, "to", 3))
                    .isEqualTo("{b,c}");
            assertThat(value(String.class, "(ARRAY['a','b','c'])[1:2]::text")).isEqualTo("{a,b}");
        }
    }

    @Nested
    class Collections {

        @Test
        void withinInAreTheirElements() {
            assertThat(ids("id IN (:ids)", "ids", List.of(1, 3, 9))).containsExactly(1, 3);
            assertThat(ids("id NOT IN (:ids)", "ids", Set.of(1, 9))).containsExactly(2, 3);
            assertThat(ids("id IN (:ids)", "ids", new int[] {2})).containsExactly(2);
            assertThat(ids("id IN (2, :ids)", "ids", new Integer[] {3})).containsExactly(2, 3);
            assertThat(ids("full_name IN (:names)", "names", List.of("Ann", "it's :x")))
                    .containsExactly(1);
            assertThat(ids("mood::mood IN (:moods)", "moods", List.of(Mood.HAPPY)))
                    .hasSize(3);
            assertThat(ids("id IN (:ids)", "ids", 1)).containsExactly(1);
        }

        @Test
        void thatAreEmptyMatchNothingAndNegatedEverything() {
            assertThat(ids("id IN (:ids)", "ids", List.of())).isEmpty();
            assertThat(ids("id NOT IN (:ids)", "ids", List.of())).containsExactly(1, 2, 3);
            assertThat(ids("full_name IN (:ids)", "ids", Set.of())).isEmpty();
            assertThat(ids("NULLIF(id, 1) NOT IN (:ids)", "ids", new long[0])).containsExactly(1, 2, 3);
            assertThat(ids("id = ANY (:ids)", "ids", List.of())).isEmpty();
        }

        @Test
        void thatAreEmptyBesideOthersAreRefused() {
            assertThatThrownBy(() -> ids("id IN (1, :ids)", "ids", List.of()))
                    .isInstanceOf(QueryParameterException.class)
                    .hasMessageContaining("ids");
        }

        @Test
        void mayHoldNull() {
            assertThat(ids("id IN (:ids)", "ids", Arrays.asList(1, null))).containsExactly(1);
            assertThat(ids("id NOT IN (:ids)", "ids", Arrays.asList(1, null))).isEmpty();
            assertThat(ids("id = ANY (:ids)", "ids", Arrays.asList(null, 2))).containsExactly(2);
            assertThat(ids("id = ANY (:ids)", "ids", Arrays.asList((Object) null)))
                    .isEmpty();
        }

        @Test
        void elsewhereAreArrays() {
            assertThat(ids("id = ANY (:ids)", "ids", List.of(1, 2))).containsExactly(1, 2);
            assertThat(ids("id IN (SELECT unnest(:ids))", "ids", List.of(3))).containsExactly(3);
            assertThat(ids("mood::mood = ANY (:moods)", "moods", List.of(Mood.SAD)))
                    .isEmpty();
            assertThat(value(String.class, "array_to_string(:x::text[], '|')", "x", List.of("a,b", "c\"d", "{e}")))
                    .isEqualTo("a,b|c\"d|{e}");
        }

        @Test
        void ofBytesAreArraysOfBytes() {
            byte[] one = {1, (byte) 0xff};
            byte[] two = "\\x".getBytes(UTF_8);
            String first = "(ARRAY['\\x01ff'::bytea, '\\x5c78', '\\x00'])[1]";
            assertThat(value(Boolean.class, first + " = ANY (:x)", "x", List.of(two, one)))
                    .isTrue();
            assertThat(value(Boolean.class, first + " = ANY (:x)", "x", new byte[][] {two}))
                    .isFalse();
            assertThat(value(Boolean.class, first + " = ANY (:x)", "x", Arrays.asList(null, one)))
                    .isTrue();
            assertThat(value(Boolean.class, first + " IN (:x)", "x", List.of(two, one)))
                    .isTrue();
            assertThat(value(
                            Integer.class,
                            "(SELECT count(*) FROM unnest(:x) AS b WHERE length(b) = 2)",
                            "x",
                            List.of(one, two)))
                    .isEqualTo(2);
        }

        @Test
        void withinOthersAreRefused() {
            assertThatThrownBy(() -> value(String.class, ":x::text", "x", List.of(List.of(1))))
                    .isInstanceOf(QueryParameterException.class);
        }

        @Test
        void mayBeLarge() {
            List<Integer> many = IntStream.range(0, 60_000).boxed().toList();
            assertThat(ids("id IN (:ids)", "ids", many)).hasSize(3);
            List<Integer> tooMany = IntStream.range(0, 70_000).boxed().toList();
            assertThatThrownBy(() -> ids("id IN (:ids)", "ids", tooMany))
                    .isInstanceOf(QueryParameterException.class)
                    .hasMessageContaining("= ANY");
            assertThat(ids("id = ANY (:ids)", "ids", tooMany)).hasSize(3);
        }
    }
}
