package io.hexai.jpa.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.query.BoundSql.Dialect;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SqlTextTest {

    private static List<String> names(String sql) {
        return SqlText.parse(sql).names();
    }

    private static String sent(String sql, Map<String, ?> values) {
        Map<String, BoundValue> bound = new HashMap<>();
        values.forEach((name, value) -> bound.put(
                name,
                BoundValue.of(
                        value, type -> QueryParameterException.unsupported(new QueryName("q", sql), name, type))));
        return BoundSql.of(SqlText.parse(sql), bound, Dialect.JDBC, new QueryName("q", sql))
                .sql();
    }

    @Nested
    class Parameters {

        @Test
        void areFoundInTheirOrderEachOnce() {
            assertThat(names("SELECT :b, :a_1 + :b, (:ümlaut)")).containsExactly("b", "a_1", "ümlaut");
            assertThat(names(":a")).containsExactly("a");
            assertThat(names("x=:a::int AND y=-:b")).containsExactly("a", "b");
        }

        @Test
        void areNotCasts() {
            assertThat(names("SELECT a::text, '1'::int, now()::date, b :: text"))
                    .isEmpty();
            assertThat(names("SELECT :a::text::varchar(3)")).containsExactly("a");
        }

        @Test
        void areNotNamedArguments() {
            assertThat(names("SELECT f(a := 1, b := :value)")).containsExactly("value");
        }

        @Test
        void areNotSlices() {
            assertThat(names("SELECT a[1:2], a[x:y], a[f(1):n], a[b[1]:c], \"A\"[\"x\":y]"))
                    .isEmpty();
            assertThat(names("SELECT a[:from], a[:from : :to], ARRAY[:x, :y], a[1 + :n]"))
                    .containsExactly("from", "to", "x", "y", "n");
            assertThat(names("SELECT ARRAY[CASE WHEN x THEN :a ELSE :b END, [1, 'x' :c]], array [[1], :d]"))
                    .containsExactly("a", "b", "c", "d");
            assertThat(names("SELECT a[CASE WHEN x AND :a THEN :b ELSE :c END:n]"))
                    .containsExactly("a", "b", "c");
            assertThat(names("SELECT (ARRAY[:a])[1:n], ARRAY[x[1:n], :b]")).containsExactly("a", "b");
        }

        @Test
        void areNotInStringsNamesAndComments() {
            assertThat(names("SELECT ':a', 'it''s :b', \"c:d\", \":e\", U&':f'"))
                    .isEmpty();
            assertThat(names("SELECT E'\\':a', e'x\\\\', :b")).containsExactly("b");
            assertThat(names("SELECT E'a' \t\n  'it\\' :b', :c, E'a' 'it\\' :d, ' :e'"))
                    .containsExactly("c", "d");
            assertThat(names("SELECT $$ :a $$, $body$ :b $x$ :c $body$, :d")).containsExactly("d");
            assertThat(names("SELECT 1 -- :a\n, :b /* :c /* :d */ :e */")).containsExactly("b");
            assertThat(names("SELECT '2020-01-01 10:20:30'::timestamp, interval '1:30'"))
                    .isEmpty();
        }

        @Test
        void areNotAColonAlone() {
            assertThat(names("SELECT : a, :1, a:")).isEmpty();
        }
    }

    @Nested
    class WhatIsSent {

        @Test
        void hasAPlaceForEachOccurrence() {
            assertThat(sent("SELECT :a, :b, :a", Map.of("a", 1, "b", 2))).isEqualTo("SELECT ?, ?, ?");
        }

        @Test
        void hasItsQuestionMarksDoubledOutsideOfStrings() {
            assertThat(sent("j ? 'a?' AND j ?| :k AND j @? '$.x ? (@ > 1)' -- ?", Map.of("k", List.of("x"))))
                    .isEqualTo("j ?? 'a?' AND j ??| ? AND j @?? '$.x ? (@ > 1)' -- ?");
        }

        @Test
        void hasTheElementsOfCollectionsWithinIn() {
            assertThat(sent("x IN (:a)", Map.of("a", List.of(1)))).isEqualTo("x IN (?)");
            assertThat(sent("x in ( :a )", Map.of("a", List.of(1, 2)))).isEqualTo("x IN (?, ?)");
            assertThat(sent("x NOT IN (:a)", Map.of("a", new int[] {1, 2, 3}))).isEqualTo("x NOT IN (?, ?, ?, ?)");
            assertThat(sent("x IN (1, :a, :b)", Map.of("a", List.of(1, 2), "b", 3)))
                    .isEqualTo("x IN (1, ?, ?, ?)");
            assertThat(sent("x IN (:a)", Map.of("a", 1))).isEqualTo("x IN (?)");
        }

        @Test
        void hasArraysEverywhereElse() {
            assertThat(sent(
                            "x = ANY (:a) AND y IN (SELECT unnest(:a)) AND z IN (:a::int[])",
                            Map.of("a", List.of(1, 2))))
                    .isEqualTo("x = ANY (?) AND y IN (SELECT unnest(?)) AND z IN (?::int[])");
        }

        @Test
        void comparesWithNoneForAnEmptyCollection() {
            assertThat(sent("x IN (:a) AND y NOT  IN (:a)", Map.of("a", List.of())))
                    .isEqualTo("x = ANY ('{}') AND y <> ALL ('{}')");
        }
    }
}
