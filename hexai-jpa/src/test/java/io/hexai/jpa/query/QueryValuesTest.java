package io.hexai.jpa.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.transaction.TransactionTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Values of PostgreSQL's types on their way to Java and back. */
class QueryValuesTest extends QueryTests {

    @Nested
    class Times {

        @Test
        void keepTheirFractionsAndOffsetsWithinArrays() {
            assertThat(value(LocalTime[].class, "ARRAY['10:00:00.123456', NULL, '24:00']::time[]"))
                    .containsExactly(LocalTime.parse("10:00:00.123456"), null, LocalTime.MAX);
            assertThat(value(OffsetTime[].class, "ARRAY['10:00+02', '10:00-03:30']::timetz[]"))
                    .containsExactly(OffsetTime.parse("10:00+02:00"), OffsetTime.parse("10:00-03:30"));
            assertThat(value(LocalTime[][].class, "ARRAY[['10:00'], ['11:00']]::time[]"))
                    .isDeepEqualTo(new LocalTime[][] {{LocalTime.of(10, 0)}, {LocalTime.of(11, 0)}});
            assertThat(value(LocalTime[].class, "ARRAY[]::time[]")).isEmpty();
            assertThat(value(LocalDateTime[].class, "ARRAY['2020-01-01 00:00:00.123456']::timestamp[]"))
                    .containsExactly(LocalDateTime.parse("2020-01-01T00:00:00.123456"));
            assertThat(value(Instant[].class, "ARRAY['2020-01-01Z']::timestamptz[]"))
                    .containsExactly(Instant.parse("2020-01-01T00:00:00Z"));
        }

        @Test
        void areTheSameInEveryTimeZoneOfTheSession() {
            Instant instant = Instant.parse("2026-03-29T01:30:00.123456Z");
            Instant found = unitOfWork.call(() -> {
                queries.sql("SET LOCAL TIME ZONE 'Asia/Tokyo'").execute();
                return queries.sql("SELECT :x::timestamptz").param("x", instant).single(Instant.class);
            });

            assertThat(found).isEqualTo(instant);
        }

        @Test
        void mayBeInfinite() {
            assertThat(value(LocalDate.class, "'infinity'::date")).isEqualTo(LocalDate.MAX);
            assertThat(value(OffsetDateTime.class, "'-infinity'::timestamptz")).isEqualTo(OffsetDateTime.MIN);
            assertThat(value(LocalDate.class, "'0044-03-15 BC'::date")).isEqualTo("-0043-03-15");
        }

        @Test
        void withoutAZoneBecomeNoInstant() {
            assertThatExceptionOfType(QueryResultException.class)
                    .isThrownBy(() -> value(Instant.class, "'2020-01-01'::timestamp"))
                    .withMessageContaining("AT TIME ZONE");
        }
    }

    @Nested
    class Intervals {

        @Test
        void areDurationsUnlessTheyHaveMonths() {
            assertThat(value(Duration.class, "'1 day 2 hours'::interval")).isEqualTo(Duration.ofHours(26));
            assertThat(value(Duration.class, "'-0.5 seconds'::interval")).isEqualTo(Duration.ofMillis(-500));
            assertThat(value(Object.class, "ARRAY['1 hour'::interval]")).isEqualTo(List.of(Duration.ofHours(1)));
        }

        @Test
        void arePeriodsIfTheyHaveNoHours() {
            assertThat(value(Period.class, "'1 year 2 months 3 days'::interval"))
                    .isEqualTo(Period.of(1, 2, 3));
            assertThat(value(Period.class, "'3 days'::interval")).isEqualTo(Period.ofDays(3));
            assertThat(value(Object.class, "'1 month'::interval")).isEqualTo(Period.ofMonths(1));
        }

        @Test
        void areTextIfTheyAreBoth() {
            assertThat(value(String.class, "'1 month 2 hours'::interval")).isEqualTo("1 mons 2 hours");
            for (Class<?> type : List.of(Duration.class, Period.class)) {
                assertThatThrownBy(() -> value(type, "'1 month 2 hours'::interval"))
                        .isInstanceOf(QueryResultException.class);
            }
            assertThatThrownBy(() -> value(Period.class, "'2 hours'::interval"))
                    .isInstanceOf(QueryResultException.class);
        }

        @Test
        void areTakenAsSuchWhereTheServerWouldGuess() {
            assertThat(value(Instant.class, "'2020-01-01Z'::timestamptz - :x", "x", Duration.ofHours(1)))
                    .isEqualTo("2019-12-31T23:00:00Z");
            assertThat(value(LocalDate.class, "('2020-01-31'::date + :x)::date", "x", Period.ofMonths(1)))
                    .isEqualTo("2020-02-29");
            assertThat(value(Boolean.class, "'1 hour' = ANY (:x)", "x", List.of(Duration.ofHours(1))))
                    .isTrue();
        }
    }

    @Nested
    class ArraysOfThem {

        @Test
        void haveElementsOfManyTypes() {
            UUID uuid = new UUID(0, 1);
            assertThat(value(UUID[].class, ":x", "x", Arrays.asList(uuid, null)))
                    .containsExactly(uuid, null);
            assertThat(value(byte[][].class, "ARRAY['\\x01', '\\x']::bytea[]")).isDeepEqualTo(new byte[][] {{1}, {}});
            assertThat(value(Object.class, "ARRAY[ROW(1, 'a'), ROW(2, 'b,c')]"))
                    .isEqualTo(List.of("(1,a)", "(2,\"b,c\")"));
            assertThat(value(int[][].class, "ARRAY[[1, 2], [3, 4]]")).isDeepEqualTo(new int[][] {{1, 2}, {3, 4}});
            assertThat(value(Mood[].class, ":x::mood[]", "x", List.of(Mood.SAD)))
                    .containsExactly(Mood.SAD);
            assertThat(value(JsonNode[].class, "ARRAY['{\"a\": 1}'::jsonb]")[0]
                            .get("a")
                            .intValue())
                    .isEqualTo(1);
        }

        @Test
        void ofPrimitivesHoldNoNull() {
            assertThatExceptionOfType(QueryResultException.class)
                    .isThrownBy(() -> value(int[].class, "ARRAY[1, NULL]"))
                    .withMessageContaining("int cannot hold");
            assertThat(value(Integer[].class, "ARRAY[1, NULL]")).containsExactly(1, null);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "int4range(1, 5)|[1,5)",
                "'10.0.0.1'::inet|10.0.0.1",
                "'$.a'::jsonpath|$.\"a\"",
                "B'101'|101",
                "'pg_class'::regclass|pg_class",
                "ROW(1, 'a')|(1,a)",
                "1::money|$1.00",
                "'{\"a\": 1}'::json|{\"a\": 1}"
            })
    void ofOtherTypesAreText(String expressionAndText) {
        String[] both = expressionAndText.split("[|]", -1);

        assertThat(value(String.class, both[0])).isEqualTo(both[1]);
    }

    @Nested
    class GenericRecords {

        record Pair<A, B>(A first, B second) {}

        record Holder(Pair<Integer, List<UUID>> pair, Pair<Mood, Instant> other) {}

        @Test
        void takeTheArgumentsOfTheComponentThatHoldsThem() {
            Holder holder = unitOfWork.call(() -> queries.sql("SELECT 1::bigint AS pair_first,"
                            + " ARRAY['00000000-0000-0000-0000-000000000001'::uuid] AS pair_second,"
                            + " 'SAD' AS other_first, '2020-01-01Z'::timestamptz AS other_second")
                    .single(Holder.class));

            assertThat(holder)
                    .isEqualTo(new Holder(
                            new Pair<>(1, List.of(new UUID(0, 1))),
                            new Pair<>(Mood.SAD, Instant.parse("2020-01-01T00:00:00Z"))));
        }

        @Test
        void takeWhatComesWhereNoArgumentIsKnown() {
            Pair<?, ?> pair = unitOfWork.call(
                    () -> queries.sql("SELECT 1 AS first, 'x' AS second").single(Pair.class));

            assertThat(pair).isEqualTo(new Pair<>(1, "x"));
        }
    }

    @Test
    void standInATextThatIsReadAsTheServerReadsIt() {
        String found = unitOfWork.call(() -> queries.sql("""
                        /* :a ' /* :b */ */
                        SELECT $q$:c$$$q$ || E'\\':d' || ':e' || "q:f" || U&"q\\003Af" -- :g '
                            || :größe || ("x:")[1:1]::text || ('{"k":1}'::jsonb ?| :keys)
                        FROM (SELECT '|' AS "q:f", ARRAY['a', 'b'] AS "x:") s
                        """)
                .param("größe", ":h")
                .param("keys", List.of("k"))
                .single(String.class));

        assertThat(found).isEqualTo(":c$$':d:e||:h{a}true");
    }

    @Nested
    class Entities {

        @Test
        void comeFromATextThatHibernateLeavesAlone() {
            List<Item> items = unitOfWork.call(() -> queries.sql("""
                            /* :a ? ' */ SELECT i.* FROM QueryItem i -- :b ? "
                            WHERE ('{"k": 1}'::jsonb ? :key) AND E'\\':c?' <> $q$ :d ? '' $q$
                            AND i.id = ANY (:ids) AND (ARRAY[1, 2])[:from : 2] <> '{}' AND 'C:\\x' = :path
                            """)
                    .param("key", "k")
                    .param("ids", List.of(1, 2))
                    .param("from", 1)
                    .param("path", "C:\\x")
                    .list(Item.class));

            assertThat(items).extracting(item -> item.id).containsExactlyInAnyOrder(1, 2);
        }

        @Test
        void ofAJoinAreManagedOnceForEachRow() {
            unitOfWork.run(em -> {
                List<Item> items = queries.sql("SELECT i.* FROM QueryItem i JOIN QueryItem other ON other.id <> i.id"
                                + " WHERE i.id = :id")
                        .param("id", 1)
                        .list(Item.class);

                assertThat(items).hasSize(2).allMatch(item -> item == em.find(Item.class, 1));
            });
        }
    }

    @Nested
    class ATimeoutOfTheUnitOfWork {

        @ParameterizedTest
        @ValueSource(strings = {"rows", "stream", "entities", "execute"})
        void endsAQueryAsWhatItIs(String way) {
            assertThatThrownBy(() -> unitOfWork
                            .with(o -> o.withTimeout(Duration.ofMillis(200)))
                            .run(() -> run(way)))
                    .isInstanceOf(TransactionTimeoutException.class);
        }

        private void run(String way) {
            SqlQuery query = queries.sql("SELECT i.* FROM QueryItem i, pg_sleep(30) s");
            switch (way) {
                case "rows" -> query.rows();
                case "stream" -> query.stream(row -> row).close();
                case "entities" -> query.list(Item.class);
                default ->
                    queries.sql("UPDATE QueryItem SET mood = 'SAD' FROM pg_sleep(30)")
                            .execute();
            }
        }
    }
}
