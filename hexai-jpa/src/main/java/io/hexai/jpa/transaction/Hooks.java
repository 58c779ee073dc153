package io.hexai.jpa.transaction;

import java.util.ArrayList;
import java.util.List;

/** The hooks that were registered in a scope that can roll back by itself, in the order of registration. */
final class Hooks {

    /** Nobody adds to these. */
    static final Hooks NONE = new Hooks();

    final List<TransactionHook> main = new ArrayList<>(0);
    final List<TransactionHook> drain = new ArrayList<>(0);
    final List<TransactionHook> afterCommit = new ArrayList<>(0);
    final List<TransactionHook> afterRollback = new ArrayList<>(0);

    List<TransactionHook> beforeCommit(CommitPhase phase) {
        return phase == CommitPhase.MAIN ? main : drain;
    }

    void addAll(Hooks inner) {
        main.addAll(inner.main);
        drain.addAll(inner.drain);
        afterCommit.addAll(inner.afterCommit);
        afterRollback.addAll(inner.afterRollback);
    }
}
