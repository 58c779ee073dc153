package io.hexai.jpa.transaction;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.Consumer;

/** The hooks and observers of all commits of a unit of work. Thread-safe. */
final class EveryCommit {

    private final List<EveryHook> hooks = new CopyOnWriteArrayList<>();
    private final Set<CommitObserver> observers = new CopyOnWriteArraySet<>();
    private final ThreadLocal<Set<CommitObserver>> running = ThreadLocal.withInitial(HashSet::new);

    Registration add(CommitPhase phase, Consumer<? super Transaction> hook) {
        EveryHook added = new EveryHook(phase, Objects.requireNonNull(hook, "hook"));
        hooks.add(added);
        return () -> hooks.removeIf(registered -> registered == added);
    }

    Registration add(CommitObserver observer) {
        observers.add(Objects.requireNonNull(observer, "observer"));
        return () -> observers.remove(observer);
    }

    boolean hasObservers() {
        return !observers.isEmpty();
    }

    List<Consumer<? super Transaction>> hooks(CommitPhase phase) {
        if (hooks.isEmpty()) {
            return List.of();
        }
        List<Consumer<? super Transaction>> ofPhase = new ArrayList<>(hooks.size());
        for (EveryHook hook : hooks) {
            if (hook.phase == phase) {
                ofPhase.add(hook.hook);
            }
        }
        return ofPhase;
    }

    /** Tells the observers, leaving out one whose own commit this is, which would otherwise never end. */
    void tellObservers(Consumer<TransactionHook> runner) {
        if (observers.isEmpty()) {
            return;
        }
        Set<CommitObserver> active = running.get();
        try {
            for (CommitObserver observer : observers) {
                if (active.add(observer)) {
                    try {
                        runner.accept(observer::committed);
                    } finally {
                        active.remove(observer);
                    }
                }
            }
        } finally {
            if (active.isEmpty()) {
                running.remove();
            }
        }
    }

    private record EveryHook(CommitPhase phase, Consumer<? super Transaction> hook) {}
}
