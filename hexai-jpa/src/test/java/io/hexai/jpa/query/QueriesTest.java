package io.hexai.jpa.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.hexai.jpa.transaction.NoActiveTransactionException;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.RetryPolicy;
import io.hexai.jpa.transaction.TransactionOptions;
import jakarta.persistence.OptimisticLockException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class QueriesTest extends QueryTests {

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
        void failsAsItselfIfItCannotBeFlushed() {
            assertThatThrownBy(() -> unitOfWork.run(em -> {
                        em.find(Item.class, 1).fullName = "mine";
                        database.execute("UPDATE QueryItem SET version = version + 1");
                        queries.sql("SELECT * FROM QueryItem").list(Item.class);
                    }))
                    .isInstanceOf(OptimisticLockException.class);
        }

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

        @Test
        void hasStreams() {
            unitOfWork.run(() -> {
                queries.sql("SELECT id FROM QueryItem").named("numbers").stream(Integer.class)
                        .close();
                queries.sql("SELECT * FROM QueryItem").named("items").stream(Item.class)
                        .close();
            });

            assertThat(lines()).hasSize(2);
            assertThat(lines().get(0)).startsWith("Query 'numbers' began to return rows after ");
            assertThat(lines().get(1)).startsWith("Query 'items' began to return rows after ");
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
