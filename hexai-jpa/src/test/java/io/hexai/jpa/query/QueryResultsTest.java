package io.hexai.jpa.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.persistence.NoResultException;
import jakarta.persistence.NonUniqueResultException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class QueryResultsTest extends QueryTests {

    @Nested
    class Results {

        @Test
        void haveManyForms() {
            unitOfWork.run(() -> {
                SqlQuery all = queries.sql("SELECT id, full_name FROM QueryItem ORDER BY id");
                assertThat(all.list(ItemRow.class)).hasSize(3).startsWith(new ItemRow(1, "Ann"));
                assertThat(all.list(row -> row.get("fullName", String.class) + row.get("ID")))
                        .startsWith("Ann1");
                assertThat(all.rows()).hasSize(3).startsWith(Map.of("id", 1, "full_name", "Ann"));
                assertThat(all.arrays()).hasSize(3).startsWith(new Object[] {1, "Ann"});
                assertThat(all.first(ItemRow.class)).contains(new ItemRow(1, "Ann"));
                assertThat(all.first(row -> row.columns().size())).contains(2);
                SqlQuery one = queries.sql("SELECT id, full_name FROM QueryItem WHERE id = :id");
                assertThat(one.param("id", 2).optional(ItemRow.class)).contains(new ItemRow(2, "Bob"));
                assertThat(one.param("id", 2).single(ItemRow.class)).isEqualTo(new ItemRow(2, "Bob"));
                assertThat(one.param("id", 9).optional(ItemRow.class)).isEmpty();
                assertThat(one.param("id", 9).first(row -> row)).isEmpty();
                assertThat(one.param("id", 9).list(ItemRow.class)).isEmpty();
            });
        }

        @Test
        void countTheirRowsWhereTheNumberMatters() {
            unitOfWork.run(() -> {
                SqlQuery all = queries.sql("SELECT id FROM QueryItem").named("all");
                assertThatThrownBy(() -> all.optional(Integer.class))
                        .isInstanceOf(NonUniqueResultException.class)
                        .hasMessageContaining("query 'all'");
                assertThatThrownBy(() -> all.single(row -> row)).isInstanceOf(NonUniqueResultException.class);
                SqlQuery none =
                        queries.sql("SELECT id FROM QueryItem WHERE false").named("none");
                assertThatThrownBy(() -> none.single(Integer.class))
                        .isInstanceOf(NoResultException.class)
                        .hasMessageContaining("query 'none'");
            });
        }

        @Test
        void ofOneColumnMayBeNullOnlyWhereThatCanBeSaid() {
            unitOfWork.run(() -> {
                SqlQuery nothing = queries.sql("SELECT max(id) FROM QueryItem WHERE false");
                assertThat(nothing.optional(Integer.class)).isEmpty();
                assertThat(nothing.first(Integer.class)).isEmpty();
                assertThat(nothing.arrays().get(0)).containsExactly((Object) null);
                assertThatThrownBy(() -> nothing.single(Integer.class))
                        .isInstanceOf(QueryResultException.class)
                        .hasMessageContaining("'max'");
                assertThatThrownBy(() -> nothing.list(Integer.class)).isInstanceOf(QueryResultException.class);
            });
        }

        @Test
        void areEntitiesThatAreManaged() {
            unitOfWork.run(em -> {
                SqlQuery happy = queries.sql(
                                "SELECT * FROM QueryItem WHERE mood = :mood AND id IN (:ids) AND '{\"a\":1}'::jsonb ? 'a'"
                                        + " AND full_name <> ':x' /* :y */ ORDER BY id")
                        .param("mood", Mood.HAPPY)
                        .param("ids", List.of(1, 2, 3));
                List<Item> items = happy.list(Item.class);

                assertThat(items).hasSize(3).allMatch(em::contains);
                assertThat(items.get(0)).isSameAs(em.find(Item.class, 1));
                assertThat(happy.first(Item.class)).containsSame(items.get(0));
                assertThat(happy.param("ids", List.of()).list(Item.class)).isEmpty();
                assertThat(happy.param("ids", List.of(2)).single(Item.class)).isSameAs(items.get(1));
                assertThatThrownBy(() -> happy.optional(Item.class)).isInstanceOf(NonUniqueResultException.class);
                try (Stream<Item> stream = happy.stream(Item.class)) {
                    assertThat(stream).containsExactlyElementsOf(items);
                }
                items.get(2).fullName = "changed";
            });
            assertThat(database.select("SELECT full_name FROM QueryItem WHERE id = 3"))
                    .containsExactly("changed");
        }

        @Test
        void mayComeFromStatementsThatWrite() {
            long id = unitOfWork.call(() -> queries.sql(
                            "INSERT INTO QueryItem (id, version, full_name) VALUES (:id, 0, :name) RETURNING id")
                    .param("id", 7)
                    .param("name", "Dan")
                    .single(Long.class));
            assertThat(id).isEqualTo(7);
            assertThat(database.select("SELECT full_name FROM QueryItem WHERE id = 7"))
                    .containsExactly("Dan");
        }

        @Test
        void areNumbersOfRowsForStatementsThatReturnNone() {
            unitOfWork.run(() -> {
                assertThat(queries.sql("UPDATE QueryItem SET mood = :mood")
                                .param("mood", "SAD")
                                .execute())
                        .isEqualTo(3);
                assertThat(queries.sql("SELECT 1").execute()).isZero();
                assertThatThrownBy(() ->
                                queries.sql("UPDATE QueryItem SET mood = 'SAD'").rows())
                        .isInstanceOf(QueryResultException.class)
                        .hasMessageContaining("execute()");
            });
        }
    }

    @Nested
    class Records {

        record Everything(
                int small,
                Long big,
                BigDecimal price,
                boolean flag,
                UUID uniqueId,
                Instant placedAt,
                OffsetDateTime placedAtToo,
                LocalDate onDay,
                Mood mood,
                Optional<String> nothing,
                Optional<Integer> something,
                List<String> tags,
                int[] numbers,
                Set<Mood> moods,
                JsonNode tree,
                Payload payload,
                List<Payload> payloads,
                Map<String, Integer> counts,
                String text) {}

        record Payload(String a, List<Integer> b) {}

        @Test
        void haveComponentsOfManyTypes() {
            Everything row = unitOfWork.call(() -> queries.sql("""
                            SELECT 1::int2 AS small, 2::int4 AS big, 3.50::numeric AS price, true AS flag,
                                   '00000000-0000-0000-0000-000000000001'::uuid AS unique_id,
                                   '2026-01-01 00:00+02'::timestamptz AS placed_at, '2026-01-01 00:00+02'::timestamptz AS placedAtToo,
                                   '2026-01-02'::date AS on_day, 'SAD'::mood AS mood, NULL AS nothing, 4 AS something,
                                   ARRAY['x', 'y,z'] AS tags, ARRAY[1, 2] AS numbers, ARRAY['SAD', 'SAD']::mood[] AS moods,
                                   '{"k": 1}'::jsonb AS tree, '{"a": "v", "b": [1]}'::json AS payload,
                                   '[{"a": "w", "b": []}]'::jsonb AS payloads, '{"n": 5}'::jsonb AS counts,
                                   'text'::varchar AS "TEXT"
                            """).single(Everything.class));

            assertThat(row.small()).isEqualTo(1);
            assertThat(row.big()).isEqualTo(2L);
            assertThat(row.price()).isEqualTo("3.50");
            assertThat(row.flag()).isTrue();
            assertThat(row.uniqueId()).isEqualTo(new UUID(0, 1));
            assertThat(row.placedAt()).isEqualTo("2025-12-31T22:00:00Z");
            assertThat(row.placedAtToo().toInstant()).isEqualTo("2025-12-31T22:00:00Z");
            assertThat(row.onDay()).isEqualTo("2026-01-02");
            assertThat(row.mood()).isEqualTo(Mood.SAD);
            assertThat(row.nothing()).isEmpty();
            assertThat(row.something()).contains(4);
            assertThat(row.tags()).containsExactly("x", "y,z");
            assertThat(row.numbers()).containsExactly(1, 2);
            assertThat(row.moods()).containsExactly(Mood.SAD);
            assertThat(row.tree().get("k").intValue()).isEqualTo(1);
            assertThat(row.payload()).isEqualTo(new Payload("v", List.of(1)));
            assertThat(row.payloads()).containsExactly(new Payload("w", List.of()));
            assertThat(row.counts()).isEqualTo(Map.of("n", 5));
            assertThat(row.text()).isEqualTo("text");
        }

        record Order(int id, Customer customer, Optional<Address> shipTo) {}

        record Customer(int id, String name, Address address) {}

        record Address(String city, int zip) {}

        @Test
        void mayBeNested() {
            Order order = unitOfWork.call(() -> queries.sql("""
                            SELECT 1 AS id, 2 AS customer_id, 'Ann' AS customer_name, 'Bern' AS customer_address_city,
                                   3000 AS customer_address_zip, NULL::text AS ship_to_city, NULL::int AS ship_to_zip
                            """).single(Order.class));

            assertThat(order)
                    .isEqualTo(new Order(1, new Customer(2, "Ann", new Address("Bern", 3000)), Optional.empty()));
        }

        record Picky(String name) {
            Picky {
                if (name.isBlank()) {
                    throw new IllegalStateException("blank");
                }
            }
        }

        @Test
        void letTheExceptionsOfTheirConstructorsPass() {
            unitOfWork.run(() -> assertThatThrownBy(
                            () -> queries.sql("SELECT ' ' AS name").single(Picky.class))
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessage("blank"));
        }

        @Test
        void nameTheColumnThatIsMissing() {
            refused("SELECT id, full_nme FROM (SELECT 1 AS id, 'x' AS full_nme) x", "full_name", "ItemRow.fullName");
            refused("SELECT id, full_nme FROM (SELECT 1 AS id, 'x' AS full_nme) x", "Did you mean full_nme?");
        }

        @Test
        void nameTheColumnThatIsLeftOver() {
            refused("SELECT 1 AS id, 'x' AS full_name, 2 AS age", "'age'", "ItemRow");
        }

        @Test
        void nameTheColumnThatStandsTwice() {
            refused("SELECT 1 AS id, 2 AS id, 'x' AS full_name", "'id'", "2 times");
            unitOfWork.run(() -> assertThatThrownBy(
                            () -> queries.sql("SELECT 1 AS a, 2 AS a").rows())
                    .isInstanceOf(QueryResultException.class));
        }

        @Test
        void nameTheColumnThatIsNullForAPrimitive() {
            refused("SELECT NULL::int AS id, 'x' AS full_name", "'id'", "NULL", "int", "ItemRow.id");
        }

        @Test
        void nameTheColumnOfAnotherTypeWithoutItsValue() {
            refused("SELECT 'secret' AS id, 'x' AS full_name", "'id'", "String", "ItemRow.id");
            refused("SELECT 12345678901 AS id, 'x' AS full_name", "'id'", "Integer");
            unitOfWork.run(() -> assertThatThrownBy(
                            () -> queries.sql("SELECT 'secret'").named("people").single(Mood.class))
                    .isInstanceOf(QueryResultException.class)
                    .hasMessageContaining("[HAPPY, SAD]")
                    .hasMessageNotContaining("secret"));
            unitOfWork.run(() -> assertThatThrownBy(() -> queries.sql("SELECT '{\"a\": \"secret\"}'::jsonb")
                            .named("people")
                            .single(ItemRow[].class))
                    .isInstanceOf(QueryResultException.class)
                    .hasMessageNotContaining("secret"));
            unitOfWork.run(() -> assertThatThrownBy(
                            () -> queries.sql("SELECT now()::timestamp").single(Instant.class))
                    .isInstanceOf(QueryResultException.class)
                    .hasMessageContaining("time zone"));
        }

        record Raw(@SuppressWarnings("rawtypes") Optional nothing, int id) {}

        @Test
        void takeAsItIsWhatAnOptionalOfNoKnownTypeHolds() {
            unitOfWork.run(() -> {
                assertThat(queries.sql("SELECT 'x' AS nothing, 1 AS id").single(Raw.class))
                        .isEqualTo(new Raw(Optional.of("x"), 1));
                assertThatThrownBy(() -> queries.sql("SELECT 1 AS id").single(Raw.class))
                        .isInstanceOf(QueryResultException.class)
                        .hasMessageContaining("'nothing'");
            });
        }

        @Test
        void loseNoDigitOfAWholeNumber() {
            unitOfWork.run(() -> {
                assertThat(number(Double.class, "9007199254740992")).isEqualTo(9007199254740992d);
                assertThat(number(Float.class, "16777216")).isEqualTo(16777216f);
                assertThat(number(Double.class, "avg(n) FROM (VALUES (1), (3), (6)) v (n)"))
                        .isEqualTo(10 / 3d);
                assertThat(number(Float.class, "0.1::numeric")).isEqualTo(0.1f);
                assertThat(number(Float.class, "'NaN'::float8")).isNaN();
                assertThat(number(Double.class, "'Infinity'::float4")).isInfinite();
                lost(Double.class, "9007199254740993");
                lost(Float.class, "16777217");
                lost(Float.class, "16777217::float8");
                lost(Double.class, "12345678901234567890::numeric");
                lost(Double.class, "1e400::numeric");
                lost(Float.class, "1e300::float8");
                lost(Long.class, "1.5::numeric");
                lost(Integer.class, "'NaN'::float8");
            });
        }

        private <T> T number(Class<T> type, String expression) {
            return queries.sql("SELECT " + expression).single(type);
        }

        private void lost(Class<?> type, String expression) {
            assertThatThrownBy(() -> number(type, expression))
                    .as(expression)
                    .isInstanceOf(QueryResultException.class)
                    .hasMessageContaining("has a value that " + type.getSimpleName() + " cannot hold");
        }

        private void refused(String sql, String... words) {
            unitOfWork.run(() -> assertThatThrownBy(
                            () -> queries.sql(sql).named("people").list(ItemRow.class))
                    .isInstanceOfSatisfying(
                            QueryResultException.class,
                            e -> assertThat(e.queryName()).contains("people"))
                    .hasMessageContaining("query 'people'")
                    .hasMessageContainingAll(words)
                    .hasMessageNotContaining("secret"));
        }
    }

    @Nested
    class Rows {

        @Test
        void sayWhichColumnTheyDoNotHave() {
            unitOfWork.run(() -> assertThatThrownBy(
                            () -> queries.sql("SELECT 1 AS total").single(row -> row.get("totl", Integer.class)))
                    .isInstanceOf(QueryResultException.class)
                    .hasMessageContaining("'totl'")
                    .hasMessageContaining("Did you mean total?"));
        }

        @Test
        void letTheExceptionsOfMappersPass() {
            IllegalStateException mine = new IllegalStateException("mine");
            unitOfWork.run(() -> assertThatThrownBy(
                            () -> queries.sql("SELECT 1").list(row -> {
                                throw mine;
                            }))
                    .isSameAs(mine));
        }

        @Test
        void giveArraysAsListsAndJsonAsTrees() {
            unitOfWork.run(() -> {
                Map<String, Object> row = queries.sql("SELECT ARRAY[1, NULL] AS a, '[1]'::jsonb AS j, NULL AS n")
                        .rows()
                        .get(0);
                assertThat(row.get("a")).isEqualTo(Arrays.asList(1, null));
                assertThat(row.get("j")).isInstanceOf(JsonNode.class);
                assertThat(row).containsEntry("n", null);
            });
        }
    }
}
