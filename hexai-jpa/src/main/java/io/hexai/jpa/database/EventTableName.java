package io.hexai.jpa.database;

import java.util.regex.Pattern;

/** Checks the name of a further event table, before names are derived from it that PostgreSQL would cut without an error. */
final class EventTableName {

    /** PostgreSQL's 63 bytes without the longest ending that the changelog adds, that of the position counter. */
    static final int MAX_LENGTH = 63 - "_position_counter".length();

    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]*");

    private EventTableName() {}

    static String checked(String table) {
        if (!NAME.matcher(table).matches()) {
            throw new IllegalArgumentException(
                    "\"" + table + "\" cannot name an event table: use lower-case letters a to z,"
                            + " digits and underscores, and no digit first");
        }
        if (table.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "\"" + table + "\" has " + table.length() + " characters: an event table's name" + " can have "
                            + MAX_LENGTH + ", so that its sequence, counter and indexes can be named after it");
        }
        return table;
    }
}
