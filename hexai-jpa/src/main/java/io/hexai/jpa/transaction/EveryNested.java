package io.hexai.jpa.transaction;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

/** The observers of all nested scopes of a unit of work. Thread-safe. */
final class EveryNested {

    private final CopyOnWriteArrayList<SavepointObserver> observers = new CopyOnWriteArrayList<>();

    Registration add(SavepointObserver observer) {
        observers.addIfAbsent(Objects.requireNonNull(observer, "observer"));
        return () -> observers.remove(observer);
    }

    /** Returns what brings back the noted state. */
    List<TransactionHook> beforeNested(Transaction transaction) {
        List<TransactionHook> undo = new ArrayList<>(observers.size());
        for (SavepointObserver observer : observers) {
            undo.add(observer.beforeNested(transaction));
        }
        return undo;
    }
}
