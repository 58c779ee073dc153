package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Scopes that ask the transaction around them for what it is not. */
class OptionConflictsTest extends AccountTests {

    record Conflict(
            Propagation propagation,
            UnaryOperator<TransactionOptions> running,
            UnaryOperator<TransactionOptions> asked,
            String option,
            String askedValue,
            String runningValue) {

        @Override
        public String toString() {
            return propagation + " " + option + " " + askedValue + " in " + runningValue;
        }
    }

    static Stream<Conflict> conflicts() {
        return Stream.of(Propagation.EXISTING, Propagation.NESTED)
                .flatMap(propagation -> Stream.of(
                        new Conflict(
                                propagation,
                                o -> o,
                                o -> o.withIsolation(IsolationLevel.SERIALIZABLE),
                                "isolation",
                                "SERIALIZABLE",
                                "READ_COMMITTED"),
                        new Conflict(
                                propagation,
                                o -> o.withIsolation(IsolationLevel.SERIALIZABLE),
                                o -> o.withIsolation(IsolationLevel.READ_COMMITTED),
                                "isolation",
                                "READ_COMMITTED",
                                "SERIALIZABLE"),
                        new Conflict(propagation, o -> o, o -> o.withReadOnly(true), "read-only", "true", "false"),
                        new Conflict(
                                propagation,
                                o -> o.withReadOnly(true),
                                o -> o.withReadOnly(false),
                                "read-only",
                                "false",
                                "true"),
                        new Conflict(
                                propagation,
                                o -> o,
                                o -> o.withMode(TransactionMode.OPTIMISTIC),
                                "mode",
                                "OPTIMISTIC",
                                "SPANNING"),
                        new Conflict(
                                propagation,
                                o -> o.withMode(TransactionMode.OPTIMISTIC),
                                o -> o.withMode(TransactionMode.SPANNING),
                                "mode",
                                "SPANNING",
                                "OPTIMISTIC")));
    }

    @ParameterizedTest
    @MethodSource("conflicts")
    void areRefusedBeforeAnyWorkRunsAndDoNotDoomTheTransaction(Conflict conflict) {
        UnitOfWork asking = unitOfWork.with(conflict.asked()).with(conflict.propagation());

        unitOfWork.with(conflict.running()).run(em -> {
            assertRefused(
                    conflict,
                    () -> asking.run(() -> {
                        throw new AssertionError("must not run");
                    }));
            assertRefused(
                    conflict,
                    () -> asking.call(() -> {
                        throw new AssertionError("must not run");
                    }));
            assertRefused(conflict, asking::begin);
            assertThat(unitOfWork.entityManager()).isSameAs(em);
            em.persist(new Account("a", 1));
        });

        boolean readOnly =
                conflict.running().apply(TransactionOptions.defaults()).isReadOnly();
        assertThat(database.select("SELECT id FROM account")).hasSize(readOnly ? 0 : 1);
    }

    private static void assertRefused(Conflict conflict, ThrowingCallable open) {
        assertThatThrownBy(open)
                .isInstanceOfSatisfying(IncompatibleTransactionException.class, e -> {
                    assertThat(e.option()).isEqualTo(conflict.option());
                    assertThat(e.requested()).isEqualTo(conflict.askedValue());
                    assertThat(e.running()).isEqualTo(conflict.runningValue());
                })
                .hasMessageContaining(conflict.option())
                .hasMessageContaining(conflict.askedValue())
                .hasMessageContaining(conflict.runningValue());
    }

    @ParameterizedTest
    @MethodSource("conflicts")
    void areNoneForANewTransaction(Conflict conflict) {
        UnitOfWork asking = unitOfWork.with(conflict.asked()).with(Propagation.NEW);

        unitOfWork
                .with(conflict.running())
                .run(() -> asking.run(() -> assertThat(unitOfWork.isActive()).isTrue()));
    }

    @Test
    void areToldOfTheTransactionAndNotOfANestedScopeInBetween() {
        UnitOfWork readOnly = unitOfWork.with(o -> o.withReadOnly(true));

        readOnly.run(() -> unitOfWork
                .with(Propagation.NESTED)
                .run(() -> assertThatThrownBy(() ->
                                unitOfWork.with(o -> o.withReadOnly(false)).run(() -> {}))
                        .isInstanceOf(IncompatibleTransactionException.class)));
    }

    @ParameterizedTest
    @EnumSource(Propagation.class)
    void doNotAriseFromWhatWasNotSet(Propagation propagation) {
        UnitOfWork special = unitOfWork.with(o ->
                o.withIsolation(IsolationLevel.SERIALIZABLE).withReadOnly(true).withMode(TransactionMode.OPTIMISTIC));

        special.run(() -> unitOfWork
                .with(propagation)
                .run(em -> assertThat(em.find(Account.class, "a")).isNull()));
    }
}
