package io.hexai.jpa.test;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A fault that waits for its moment: a statement that the condition holds for, or a COMMIT if there is none. */
final class ArmedFault {

    private final @Nullable Thread only;
    private final @Nullable Predicate<? super ExecutedStatement> statements;
    private final FaultEffect effect;
    private int left;

    ArmedFault(
            @Nullable Thread only,
            @Nullable Predicate<? super ExecutedStatement> statements,
            int number,
            FaultEffect effect) {
        this.only = only;
        this.statements = statements;
        this.left = number;
        this.effect = effect;
    }

    FaultEffect effect() {
        return effect;
    }

    /** Counts, and tells whether this is the moment; null stands for a COMMIT. */
    boolean strikesAt(@Nullable ExecutedStatement statement) {
        if (only != null && only != Thread.currentThread()) {
            return false;
        }
        boolean meant = statements == null ? statement == null : statement != null && statements.test(statement);
        return meant && --left == 0;
    }
}
