package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.testing.LogLines;
import io.hexai.jpa.testing.TestFactory;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Id;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.hibernate.StaleStateException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExplicitScopeTest extends AccountTests {

    @Test
    void commitsWhenToldSo() {
        try (TransactionScope scope = unitOfWork.begin()) {
            scope.entityManager().persist(new Account("a", 1));
            scope.commit();
        }

        assertThat(balance("a")).isEqualTo(1L);
    }

    @Test
    void rollsBackWhenClosedWithoutADecision() {
        try (TransactionScope scope = unitOfWork.begin()) {
            scope.entityManager().persist(new Account("a", 1));
        }

        assertThat(database.select("SELECT id FROM account")).isEmpty();
    }

    @Test
    void doomsTheTransactionWhenAJoinedScopeIsClosedWithoutADecision() {
        assertThatThrownBy(() -> unitOfWork.run(em -> {
                    em.persist(new Account("a", 1));
                    unitOfWork.begin().close();
                }))
                .isInstanceOf(UnexpectedRollbackException.class);

        assertThat(database.select("SELECT id FROM account")).isEmpty();
    }

    @Test
    void rollsBackToItsSavepointWhenNested() {
        unitOfWork.run(em -> {
            em.persist(new Account("outer", 1));
            try (TransactionScope nested = unitOfWork.with(Propagation.NESTED).begin()) {
                em.persist(new Account("nested", 1));
                nested.rollback();
            }
        });

        assertThat(database.select("SELECT id FROM account")).containsExactly("outer");
    }

    @ParameterizedTest
    @EnumSource(Propagation.class)
    void rollsAllBackWhenClosedInTheWrongOrder(Propagation propagation) {
        TransactionScope outer = unitOfWork.begin();
        outer.entityManager().persist(new Account("a", 1));
        TransactionScope inner = unitOfWork.with(propagation).begin();
        inner.entityManager().persist(new Account("b", 1));

        assertThatThrownBy(outer::commit)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("innermost first");

        assertThat(unitOfWork.isActive()).isFalse();
        assertThatCode(inner::close).doesNotThrowAnyException();
        assertThat(database.select("SELECT id FROM account")).isEmpty();
    }

    @Test
    void leavesTheScopeAroundAloneWhenTheWorkEndsItsOwnInTheWrongOrder() {
        unitOfWork.run(em -> {
            em.persist(new Account("outer", 1));
            TransactionScope scope = unitOfWork.with(Propagation.NEW).begin();
            assertThatThrownBy(() -> unitOfWork.run(scope::commit)).isInstanceOf(IllegalStateException.class);
            assertThat(unitOfWork.entityManager()).isSameAs(em);
        });

        assertThat(database.select("SELECT id FROM account")).containsExactly("outer");
        assertThat(unitOfWork.isActive()).isFalse();
    }

    @Test
    void rollsBackWhenClosedThoughItsPendingChangesCannotBeTold() {
        try (TestFactory fragile = TestFactory.of(Label.class)) {
            fragile.execute("INSERT INTO label (id, text) VALUES (1, 'first')");
            UnitOfWork labels = UnitOfWork.of(fragile.factory());
            try (TransactionScope scope = labels.begin()) {
                scope.entityManager().find(Label.class, 1).text = new Text("changed");
            }
            assertThat(labels.isActive()).isFalse();
            assertThat(fragile.borrowedConnections()).isZero();
        }
    }

    @Entity(name = "Label")
    static class Label {
        @Id
        long id;

        @Convert(converter = TextConverter.class)
        Text text;
    }

    static final class Text {
        final String value;

        Text(String value) {
            this.value = value;
        }

        @Override
        public boolean equals(Object other) {
            throw new UnsupportedOperationException("not comparable");
        }

        @Override
        public int hashCode() {
            return 1;
        }
    }

    static final class TextConverter implements AttributeConverter<Text, String> {
        @Override
        public String convertToDatabaseColumn(Text text) {
            return text == null ? null : text.value;
        }

        @Override
        public Text convertToEntityAttribute(String column) {
            return column == null ? null : new Text(column);
        }
    }

    @Test
    void rollsBackWhenTheWorkLeavesAScopeOpen() {
        assertThatThrownBy(() -> unitOfWork.run(em -> {
                    em.persist(new Account("a", 1));
                    unitOfWork.begin();
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(unitOfWork.isActive()).isFalse();
        assertThat(database.select("SELECT id FROM account")).isEmpty();
    }

    @Test
    void saysWhereItWasOpenedWhenUsedAfterItsEnd() {
        TransactionScope scope = unitOfWork.begin();
        scope.commit();

        assertThatThrownBy(scope::entityManager)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has ended")
                .hasStackTraceContaining("saysWhereItWasOpenedWhenUsedAfterItsEnd");
    }

    @Test
    void isRefusedOnAnotherThread() throws InterruptedException {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (TransactionScope scope = unitOfWork.begin()) {
            assertThat(other.submit(unitOfWork::isActive))
                    .succeedsWithin(java.time.Duration.ofSeconds(10))
                    .isEqualTo(false);
            assertThatThrownBy(() -> other.submit(scope::entityManager).get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("belongs to thread");
            EntityManager em = scope.entityManager();
            assertThatThrownBy(() ->
                            other.submit(() -> em.find(Account.class, "a")).get())
                    .hasStackTraceContaining("belongs to thread");
        } finally {
            other.shutdownNow();
        }
    }

    @Test
    void doomsTheTransactionWhenAJoinedScopeIsRolledBackAndSaysWhereItWasOpened() {
        assertThatThrownBy(() -> unitOfWork.run(em -> {
                    em.persist(new Account("a", 1));
                    try (TransactionScope joined = unitOfWork.begin()) {
                        joined.rollback();
                    }
                    em.persist(new Account("b", 1));
                }))
                .isInstanceOf(UnexpectedRollbackException.class)
                .cause()
                .hasMessageContaining("opened here")
                .hasStackTraceContaining("doomsTheTransactionWhenAJoinedScopeIsRolledBack");

        assertThat(database.select("SELECT id FROM account")).isEmpty();
    }

    @Test
    void doomsOnlyTheNestedScopeThatAJoinedOneLiesIn() {
        unitOfWork.run(em -> {
            em.persist(new Account("outer", 1));
            TransactionScope nested = unitOfWork.with(Propagation.NESTED).begin();
            em.persist(new Account("nested", 1));
            unitOfWork.begin().close();
            assertThatThrownBy(nested::commit).isInstanceOf(UnexpectedRollbackException.class);
            nested.close();
        });

        assertThat(database.select("SELECT id FROM account")).containsExactly("outer");
    }

    @Test
    void cannotBeEndedTwice() {
        TransactionScope scope = unitOfWork.begin();
        scope.entityManager().persist(new Account("a", 1));
        scope.commit();

        assertThatThrownBy(scope::commit)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has ended");
        assertThatThrownBy(scope::rollback).isInstanceOf(IllegalStateException.class);
        scope.close();
        scope.close();

        assertThat(balance("a")).isEqualTo(1L);
    }

    @Test
    void leavesItsFailureAtCommitAndCanBeClosedAfterwards() {
        insert("taken", 1);

        assertThatThrownBy(() -> {
                    try (TransactionScope scope = unitOfWork.begin()) {
                        scope.entityManager().persist(new Account("taken", 2));
                        scope.commit();
                    }
                })
                .isInstanceOf(org.hibernate.exception.ConstraintViolationException.class)
                // Hibernate 7.4.13 says by itself that the insert had no row count
                .extracting(Throwable::getSuppressed, InstanceOfAssertFactories.array(Throwable[].class))
                .allMatch(StaleStateException.class::isInstance);

        assertThat(balance("taken")).isEqualTo(1L);
    }

    @Test
    void neverRetries() {
        insert("a", 1);

        assertThatThrownBy(() -> {
                    try (TransactionScope scope =
                            unitOfWork.with(TransactionOptions.optimistic()).begin()) {
                        scope.entityManager().find(Account.class, "a").balance = 2;
                        database.execute("UPDATE account SET version = version + 1");
                        assertThat(scope.attempt()).isOne();
                        scope.commit();
                    }
                })
                .isInstanceOf(jakarta.persistence.OptimisticLockException.class);

        assertThat(balance("a")).isEqualTo(1L);
    }

    @Nested
    class IsLogged {

        @Test
        void asAWarningWhenClosedWithChangesThatAreLost() {
            List<String> lines = LogLines.of(UnitOfWork.class, () -> {
                try (TransactionScope scope =
                        unitOfWork.with(o -> o.withName("import")).begin()) {
                    scope.entityManager().persist(new Account("a secret", 1));
                }
            });

            assertThat(lines).hasSize(2).noneMatch(line -> line.contains("a secret"));
            assertThat(lines.get(0)).startsWith("WARN").contains("'import'").contains("without commit()");
            assertThat(lines.get(1)).startsWith("DEBUG Rolled back");
        }

        @Test
        void withoutAWarningWhenNothingIsLost() {
            insert("a", 1);
            List<String> lines = LogLines.of(UnitOfWork.class, () -> {
                try (TransactionScope scope = unitOfWork.begin()) {
                    scope.entityManager().find(Account.class, "a");
                }
                try (TransactionScope scope = unitOfWork.begin()) {
                    scope.entityManager().persist(new Account("b", 1));
                    scope.rollback();
                }
            });

            assertThat(lines).hasSize(2).allMatch(line -> line.startsWith("DEBUG Rolled back"));
        }
    }
}
