package io.hexai.jpa.database;

import java.nio.charset.StandardCharsets;

/** Writes names into SQL, so that any name is only a name. */
final class Identifiers {

    private static final int MAX_BYTES = 63;

    private Identifiers() {}

    /** The server would cut a longer name short without an error, and then find it under another name. */
    static String checked(String what, String name) {
        boolean encodable = StandardCharsets.UTF_8.newEncoder().canEncode(name);
        if (name.isEmpty() || name.indexOf('\0') >= 0 || !encodable) {
            throw new IllegalArgumentException("The name of a " + what
                    + " must hold at least one character, and none that PostgreSQL cannot take");
        }
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_BYTES) {
            throw new IllegalArgumentException("The name of " + what + " \"" + name + "\" is " + length
                    + " bytes long; PostgreSQL keeps only " + MAX_BYTES + ", so choose a shorter one");
        }
        return name;
    }

    static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    static String quoted(String schema, String name) {
        return quoted(schema) + "." + quoted(name);
    }
}
