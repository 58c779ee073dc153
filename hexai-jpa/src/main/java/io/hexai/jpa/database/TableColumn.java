package io.hexai.jpa.database;

/**
 * One column of a table. Immutable.
 *
 * @param name its name, in its own case
 * @param type its type as SQL spells it, without length or precision: {@code integer}, {@code text}, {@code timestamp with time zone}
 */
public record TableColumn(String name, String type) {}
