package io.hexai.jpa.event;

/** How a store gives positions to its events. All programs that write one table must use the same. */
public enum PositionStrategy {
    /**
     * From a sequence: writers do not wait for each other, and a rollback leaves a gap. Readers stop in front of what a
     * running transaction may still fill in. The default. Not readable from a replica, where running writers are not seen.
     */
    SEQUENCE,

    /**
     * From a counter row, which each append locks until its transaction ends: writers wait for each other, and there are no
     * gaps. Needed where the TypeScript library writes the same table, and for reading from a replica.
     */
    COUNTER
}
