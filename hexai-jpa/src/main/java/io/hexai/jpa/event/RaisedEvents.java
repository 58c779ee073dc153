package io.hexai.jpa.event;

import io.hexai.jpa.event.AggregateRoot.RaisedEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The events of a transaction that were taken from their aggregates and are not stored yet. Confined to its thread. */
final class RaisedEvents {

    private final List<RaisedEvent> ordered = new ArrayList<>();
    private final List<Object> others = new ArrayList<>();

    void takeFrom(RaisesEvents source) {
        if (source instanceof AggregateRoot aggregate) {
            ordered.addAll(aggregate.drainRaised());
        } else {
            others.addAll(source.drainEvents());
        }
    }

    /** Returns all in the order raised, those of which it is not known last, and forgets them. */
    List<Object> takeAll() {
        ordered.sort(Comparator.comparingLong(RaisedEvent::order));
        List<Object> all = new ArrayList<>(ordered.size() + others.size());
        ordered.forEach(raised -> all.add(raised.event()));
        all.addAll(others);
        ordered.clear();
        others.clear();
        return all;
    }

    boolean isEmpty() {
        return ordered.isEmpty() && others.isEmpty();
    }

    /** Returns what brings back the present content. */
    Runnable mark() {
        int orderedNow = ordered.size();
        int othersNow = others.size();
        return () -> {
            truncate(ordered, orderedNow);
            truncate(others, othersNow);
        };
    }

    private static void truncate(List<?> list, int size) {
        if (list.size() > size) {
            list.subList(size, list.size()).clear();
        }
    }
}
