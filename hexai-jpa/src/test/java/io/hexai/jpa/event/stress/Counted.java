package io.hexai.jpa.event.stress;

import io.hexai.jpa.event.EventType;

/**
 * An event of a stress run.
 *
 * @param number ascends with each event of the writer
 * @param after a position that was committed before this event was appended
 */
@EventType("stress.counted")
record Counted(int writer, int number, long after) {}
