package io.hexai.jpa.event;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * An entity that raises events. Extend this to call {@link #raise(Object)} where something happens to the entity. Maps no
 * column. Confined to its thread, as entities are.
 */
// No mapped superclass, for it maps nothing; and generated metamodels of subclasses would ask for its own.
public abstract class AggregateRoot implements RaisesEvents {

    /** Orders the events of all aggregates of a unit of work; unit of works share it and do not mind. */
    private static final AtomicLong RAISED = new AtomicLong();

    private transient @Nullable List<RaisedEvent> raised;

    /** For subclasses. */
    protected AggregateRoot() {}

    /**
     * Raises an event. It is stored, in the order in which events were raised across aggregates, if the unit of work that
     * this entity belongs to commits.
     *
     * @param event a payload or an {@link EventMessage}
     */
    protected void raise(Object event) {
        Objects.requireNonNull(event, "event");
        if (raised == null) {
            raised = new ArrayList<>(2);
        }
        raised.add(new RaisedEvent(RAISED.incrementAndGet(), event));
    }

    /**
     * Returns the events that were raised and not drained yet.
     *
     * @return a copy
     */
    public List<Object> raisedEvents() {
        return raised == null
                ? List.of()
                : raised.stream().map(RaisedEvent::event).toList();
    }

    @Override
    public List<Object> drainEvents() {
        return drainRaised().stream().map(RaisedEvent::event).toList();
    }

    List<RaisedEvent> drainRaised() {
        List<RaisedEvent> drained = raised == null ? List.of() : raised;
        raised = null;
        return drained;
    }

    boolean hasRaised() {
        return raised != null;
    }

    /** An event and when it was raised, relative to others. */
    record RaisedEvent(long order, Object event) {}
}
