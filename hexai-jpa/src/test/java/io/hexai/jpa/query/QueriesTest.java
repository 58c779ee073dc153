package io.hexai.jpa.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.NoActiveTransactionException;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.RetryPolicy;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.NoResultException;
import jakarta.persistence.NonUniqueResultException;
import jakarta.persistence.Version;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class QueriesTest {

    enum Mood {
        HAPPY,
        SAD
    }

    @Entity(name = "QueryItem")
    static class Item {
        @Id
        int id;

        @Version
        int version;

        @Column(name = "full_name")
        String fullName;

        String mood = "HAPPY";

        protected Item() {}

        Item(int id, String fullName) {
            this.id = id;
            this.fullName = fullName;
        }
    }

    record ItemRow(int id, String fullName) {}

    private static TestFactory database;

    private UnitOfWork unitOfWork;
    private Queries queries;

    @BeforeAll
    static void start() {
        database = TestFactory.of(Item.class);
        database.execute("CREATE TYPE mood AS ENUM ('HAPPY', 'SAD')");
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void begin() {
        database.execute("TRUNCATE QueryItem");
        unitOfWork = UnitOfWork.of(database.factory());
        queries = Queries.of(unitOfWork);
        unitOfWork.run(em -> {
            em.persist(new Item(1, "Ann"));
            em.persist(new Item(2, "Bob"));
            em.persist(new Item(3, "Cid"));
        });
    }

    @AfterEach
    void everythingIsGivenBack() {
        assertThat(unitOfWork.isActive()).isFalse();
        assertThat(database.borrowedConnections()).isZero();
    }

    private <T> T value(Class<T> type, String expression, Object... parameters) {
        SqlQuery query = queries.sql("SELECT " + expression);
        for (int i = 0; i < parameters.length; i += 2) {
            query = query.param((String) parameters[i], parameters[i + 1]);
        }
        SqlQuery complete = query;
        return unitOfWork.call(() -> complete.single(type));
    }

    private List<Integer> ids(String condition, String parameter, Object value) {
        return unitOfWork.call(() -> queries.sql("SELECT id FROM QueryItem WHERE " + condition + " ORDER BY id")
                .param(parameter, value)
                .list(Integer.class));
    }

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

    @Nested
    class Failures {

        @Test
        void sayWhichQueryItWasWithoutValues() {
            assertThatThrownBy(() -> unitOfWork.run(() -> queries.sql("SELECT 1 / :divisor::int, :secret::text")
                            .named("ratio")
                            .param("divisor", 0)
                            .param("secret", "secret-value")
                            .rows()))
                    .isInstanceOfSatisfying(QueryFailedException.class, e -> {
                        assertThat(e.queryName()).contains("ratio");
                        assertThat(e.sqlState()).contains("22012");
                    })
                    .hasMessageContaining("query 'ratio'")
                    .hasMessageNotContaining("secret-value")
                    .hasCauseInstanceOf(SQLException.class);
        }

        @Test
        void areRetriedBySqlState() {
            AtomicInteger attempts = new AtomicInteger();
            unitOfWork
                    .with(o -> o.withRetry(RetryPolicy.attempts(3).withBackoff(Duration.ZERO, Duration.ZERO)))
                    .run(() -> {
                        if (attempts.incrementAndGet() < 3) {
                            queries.sql("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$")
                                    .execute();
                        }
                    });
            assertThat(attempts).hasValue(3);
        }

        @Test
        void canBeCaughtAroundANestedScope() {
            unitOfWork.run(() -> {
                assertThatThrownBy(() -> unitOfWork
                                .with(Propagation.NESTED)
                                .run(() -> queries.sql("SELECT * FROM nowhere").list(Item.class)))
                        .isInstanceOf(QueryFailedException.class);
                assertThatThrownBy(() -> unitOfWork
                                .with(Propagation.NESTED)
                                .run(() -> queries.sql("SELECT nothing").stream(Integer.class)))
                        .isInstanceOf(QueryFailedException.class);
                queries.sql("UPDATE QueryItem SET mood = 'SAD'").execute();
            });
            assertThat(database.select("SELECT DISTINCT mood FROM QueryItem")).containsExactly("SAD");
        }

        @Test
        void needAUnitOfWork() {
            SqlQuery query = queries.sql("SELECT 1");
            assertThatThrownBy(query::rows).isInstanceOf(NoActiveTransactionException.class);
            assertThatThrownBy(query::execute).isInstanceOf(NoActiveTransactionException.class);
            assertThatThrownBy(() -> query.stream(Integer.class)).isInstanceOf(NoActiveTransactionException.class);
            assertThatThrownBy(() -> queries.all(query.named("x"))).isInstanceOf(NoActiveTransactionException.class);
        }

        @Test
        void areOfTheCallerForABlankText() {
            assertThatThrownBy(() -> queries.sql(" \n")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Nested
    class TheUnitOfWork {

        @Test
        void isFlushedFirst() {
            unitOfWork.run(em -> {
                em.persist(new Item(4, "Dan"));
                em.find(Item.class, 1).fullName = "Amy";
                assertThat(queries.sql("SELECT full_name FROM QueryItem ORDER BY id")
                                .list(String.class))
                        .containsExactly("Amy", "Bob", "Cid", "Dan");
                em.persist(new Item(5, "Eve"));
                assertThat(queries.sql("SELECT * FROM QueryItem").list(Item.class))
                        .hasSize(5);
                em.persist(new Item(6, "Fay"));
                assertThat(queries.sql("DELETE FROM QueryItem WHERE id > 3").execute())
                        .isEqualTo(3);
            });
        }

        @Test
        void rollsQueriesBack() {
            unitOfWork.run(() -> {
                queries.sql("DELETE FROM QueryItem").execute();
                unitOfWork.current().preventCommit();
            });
            assertThat(database.select("SELECT count(*) FROM QueryItem")).containsExactly(3L);
        }

        @Test
        void thatIsOptimisticReadsWithoutFlushOrTransaction() {
            unitOfWork.with(TransactionOptions.optimistic()).run(em -> {
                em.find(Item.class, 1).fullName = "Amy";
                assertThat(queries.sql("SELECT full_name FROM QueryItem WHERE id = 1")
                                .single(String.class))
                        .isEqualTo("Ann");
                assertThat(queries.sql("SELECT * FROM QueryItem WHERE id = 2").list(Item.class))
                        .hasSize(1);
                assertThat(database.borrowedConnections()).isZero();
                try (Stream<Integer> ids = queries.sql("SELECT id FROM QueryItem").stream(Integer.class)) {
                    assertThat(ids).hasSize(3);
                }
                assertThat(database.borrowedConnections()).isZero();
                queries.sql("UPDATE QueryItem SET mood = 'SAD' WHERE id = 2").execute();
                assertThat(database.borrowedConnections()).isOne();
                assertThat(database.select("SELECT mood FROM QueryItem WHERE id = 2"))
                        .containsExactly("HAPPY");
            });
            assertThat(database.select("SELECT full_name || mood FROM QueryItem WHERE id < 3 ORDER BY id"))
                    .containsExactly("AmyHAPPY", "BobSAD");
        }

        @Test
        void thatIsReadOnlyRefusesToWrite() {
            assertThatThrownBy(() -> unitOfWork
                            .with(o -> o.withReadOnly(true))
                            .run(() -> queries.sql("DELETE FROM QueryItem").execute()))
                    .isInstanceOfSatisfying(
                            QueryFailedException.class,
                            e -> assertThat(e.sqlState()).contains("25006"));
        }
    }

    @Nested
    class Streams {

        @Test
        void readInPortionsAndCloseThemselves() {
            unitOfWork.run(() -> {
                Stream<Integer> all = queries.sql("SELECT * FROM generate_series(1, 2000)").stream(Integer.class);
                assertThat(all.mapToInt(i -> i).sum()).isEqualTo(2_001_000);
                assertThat(openCursors()).isZero();
            });
        }

        @Test
        void closeWhenToldTo() {
            unitOfWork.run(() -> {
                try (Stream<Integer> some =
                        queries.sql("SELECT * FROM generate_series(1, 2000)").stream(Integer.class)) {
                    assertThat(some.iterator().next()).isEqualTo(1);
                    assertThat(openCursors()).isOne();
                }
                assertThat(openCursors()).isZero();
            });
        }

        @Test
        void closeWhenAMapperFails() {
            unitOfWork.run(() -> {
                Stream<Integer> failing = queries.sql("SELECT * FROM generate_series(1, 2000)").stream(
                        row -> row.get("nowhere", Integer.class));
                assertThatThrownBy(failing::toList).isInstanceOf(QueryResultException.class);
                assertThat(openCursors()).isZero();
            });
        }

        @Test
        void sayWhichQueryFailsOnTheWay() {
            assertThatThrownBy(() ->
                            unitOfWork.run(() -> {
                                try (Stream<Integer> failing = queries
                                        .sql("SELECT 1 / (1500 - n) FROM generate_series(1, 2000) n")
                                        .named("late")
                                        .stream(Integer.class)) {
                                    assertThat(failing.toList()).isEmpty();
                                }
                            }))
                    .isInstanceOf(QueryFailedException.class)
                    .hasMessageContaining("query 'late'");
        }

        private long openCursors() {
            return queries.sql(
                            "SELECT count(*) FROM pg_cursors WHERE statement LIKE '%generate' || '_series(1, 2000)%'")
                    .single(Long.class);
        }
    }

    @Nested
    class SeveralQueries {

        @Test
        void areAnsweredByName() {
            unitOfWork.run(() -> {
                QueryAnswers answers = queries.all(
                        queries.sql("SELECT id, full_name FROM QueryItem WHERE id = :id")
                                .named("one")
                                .param("id", 1),
                        queries.sql("SELECT count(*) FROM QueryItem").named("number"),
                        queries.sql("SELECT id FROM QueryItem WHERE false").named("none"));

                assertThat(answers.names()).containsExactly("one", "number", "none");
                assertThat(answers.of("one").single(ItemRow.class)).isEqualTo(new ItemRow(1, "Ann"));
                assertThat(answers.of("one").rows()).hasSize(1);
                assertThat(answers.of("number").single(Long.class)).isEqualTo(3);
                assertThat(answers.of("none").optional(Integer.class)).isEmpty();
                assertThatThrownBy(() -> answers.of("numbr"))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("Did you mean number?");
            });
        }

        @Test
        void mustHaveNamesThatDiffer() {
            SqlQuery query = queries.sql("SELECT 1");
            unitOfWork.run(() -> {
                assertThatThrownBy(() -> queries.all(query)).isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> queries.all(query.named("a"), query.named("a")))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("'a'");
                assertThat(queries.all().names()).isEmpty();
            });
        }

        @Test
        void sayWhichOneFails() {
            assertThatThrownBy(() -> unitOfWork.run(() -> queries.all(
                            queries.sql("SELECT 1").named("first"),
                            queries.sql("SELECT nothing").named("second"))))
                    .isInstanceOf(QueryFailedException.class)
                    .hasMessageContaining("query 'second'");
        }
    }

    @Nested
    class TheLog {

        private final Logger logger = (Logger) LoggerFactory.getLogger(Queries.class);
        private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

        @BeforeEach
        void listen() {
            logger.setLevel(Level.DEBUG);
            appender.start();
            logger.addAppender(appender);
        }

        @AfterEach
        void stopListening() {
            logger.detachAppender(appender);
            logger.setLevel(null);
        }

        @Test
        void hasNameRowsAndTimeWithoutValues() {
            unitOfWork.run(() -> run(queries));

            assertThat(lines())
                    .hasSize(1)
                    .first()
                    .asString()
                    .matches(
                            "Query 'open' returned 1 rows after [0-9.]+ ms: SELECT id FROM QueryItem WHERE full_name = :name");
        }

        @Test
        void hasValuesIfAskedTo() {
            unitOfWork.run(() -> run(queries.withLoggedValues()));

            assertThat(lines()).first().asString().endsWith("with {name=Ann}");
        }

        @Test
        void hasFailures() {
            assertThatThrownBy(() -> unitOfWork.run(
                            () -> queries.sql("SELECT nothing").named("bad").rows()))
                    .isInstanceOf(QueryFailedException.class);

            assertThat(lines()).first().asString().startsWith("Query 'bad' failed after ");
        }

        private void run(Queries logged) {
            logged.sql("SELECT id FROM QueryItem WHERE full_name = :name")
                    .named("open")
                    .param("name", "Ann")
                    .rows();
        }

        private List<String> lines() {
            return new ArrayList<>(appender.list.stream()
                    .map(ILoggingEvent::getFormattedMessage)
                    .toList());
        }
    }
}
