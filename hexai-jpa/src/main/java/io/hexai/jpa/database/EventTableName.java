package io.hexai.jpa.database;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Checks the name of a further event table, before names are derived from it that PostgreSQL would cut without an error. */
final class EventTableName {

    /** PostgreSQL's 63 bytes without the longest ending that the changelog adds, that of the position counter. */
    static final int MAX_LENGTH = 63 - "_position_counter".length();

    /** Control characters would make names that nobody can read, and the others enclose texts and parameters in the changelog. */
    private static final Pattern UNUSABLE = Pattern.compile("[\\p{Cntrl}${}]");

    private EventTableName() {}

    /** Returns the name as the changelog's parameter: it stands between double quotes there. */
    static String parameter(String table) {
        if (table.isBlank() || UNUSABLE.matcher(table).find()) {
            throw new IllegalArgumentException(
                    "\"" + table + "\" cannot name an event table: it must not be blank, nor hold control"
                            + " characters, dollar signs or braces");
        }
        String parameter = table.replace("\"", "\"\"");
        int length = parameter.getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "\"" + table + "\" has " + length + " bytes: an event table's name can have " + MAX_LENGTH
                            + ", with double quotes counted twice, so that its sequence, counter and indexes can be named"
                            + " after it");
        }
        return parameter;
    }
}
