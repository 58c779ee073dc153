package io.hexai.jpa.transaction;

import org.jspecify.annotations.Nullable;

/** A scope that owns nothing: its failure dooms the scope that does. */
final class JoinedScope extends Scope {

    private final OwningScope boundary;

    JoinedScope(ScopeManager manager, Scope around) {
        super(manager, around);
        this.boundary = around.boundary();
        enter();
    }

    @Override
    RootScope root() {
        return boundary.root();
    }

    @Override
    OwningScope boundary() {
        return boundary;
    }

    @Override
    void complete() {
        leave();
    }

    @Override
    void rollBack(@Nullable Throwable cause) {
        boundary.doom(cause == null ? whereOpened() : cause);
        leave();
    }
}
