package io.hexai.jpa.event;

import java.util.List;

/**
 * An entity or domain object in which events come about that are to be stored with it. Implement this, or extend
 * {@link AggregateRoot}. A store built with {@link EventStoreBuilder#drainAggregates()} takes the events of all managed and
 * removed entities, and of the domain objects behind them, before a commit and stores them in the same transaction.
 */
public interface RaisesEvents {

    /**
     * Returns the events that came about since the last call, and forgets them.
     *
     * @return in the order in which they came about; empty if there are none
     */
    List<Object> drainEvents();
}
