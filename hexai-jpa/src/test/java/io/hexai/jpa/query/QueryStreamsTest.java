package io.hexai.jpa.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.persistence.PersistenceException;
import java.util.Iterator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Results that are read as they are needed. */
class QueryStreamsTest extends QueryTests {

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

        @Test
        void areRefusedOnceTheirUnitOfWorkHasEnded() {
            Stream<Integer> late = unitOfWork.call(
                    () -> queries.sql("SELECT * FROM generate_series(1, 2000)").named("late").stream(Integer.class));
            assertThatThrownBy(late::toList)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("query 'late'");

            Iterator<Integer> begun = unitOfWork.call(() -> {
                Iterator<Integer> rows = queries.sql("SELECT * FROM generate_series(1, 2000)").named("begun").stream(
                                Integer.class)
                        .iterator();
                assertThat(rows.next()).isOne();
                return rows;
            });
            assertThatThrownBy(() -> begun.forEachRemaining(row -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("query 'begun'");
        }

        @Test
        void areRefusedOnceClosed() {
            unitOfWork.run(() -> {
                Stream<Integer> stream = queries.sql("SELECT * FROM generate_series(1, 2000)").stream(Integer.class);
                Iterator<Integer> rows = stream.iterator();
                assertThat(rows.next()).isOne();
                stream.close();

                assertThatThrownBy(() -> rows.forEachRemaining(row -> {})).isInstanceOf(IllegalStateException.class);
            });
        }

        @Test
        void holdWhatAMapperMakesEvenIfItIsNull() {
            unitOfWork.run(() -> {
                RowMapper<String> nullForTwo = row -> Integer.valueOf(2).equals(row.get("n")) ? null : "row";
                SqlQuery three = queries.sql("SELECT n FROM generate_series(1, 3) AS n");

                assertThat(three.stream(nullForTwo)).containsExactly("row", null, "row");
                assertThat(three.list(nullForTwo)).containsExactly("row", null, "row");
            });
        }

        @Test
        void ofEntitiesSayWhichQueryFailsAndPassOnTheFailuresOfOthers() {
            PersistenceException mine = new PersistenceException("mine");
            unitOfWork.run(() -> assertThatThrownBy(() -> queries.sql("SELECT * FROM QueryItem").stream(Item.class)
                            .forEach(item -> {
                                throw mine;
                            }))
                    .isSameAs(mine));
            assertThatThrownBy(() -> unitOfWork.call(() -> queries
                            .sql("SELECT n AS id, 1 / (1500 - n) AS version, '' AS full_name, '' AS mood"
                                    + " FROM generate_series(1, 2000) AS n")
                            .named("late")
                            .stream(Item.class)
                            .toList()))
                    .isInstanceOfSatisfying(
                            QueryFailedException.class,
                            e -> assertThat(e.sqlState()).contains("22012"))
                    .hasMessageContaining("query 'late'");
        }

        @Test
        void ofEntitiesAreRefusedOnceTheirUnitOfWorkHasEnded() {
            Stream<Item> late =
                    unitOfWork.call(() -> queries.sql("SELECT * FROM QueryItem").named("late").stream(Item.class));
            assertThatThrownBy(late::toList)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("query 'late'");
        }

        private long openCursors() {
            return queries.sql(
                            "SELECT count(*) FROM pg_cursors WHERE statement LIKE '%generate' || '_series(1, 2000)%'")
                    .single(Long.class);
        }
    }
}
