package io.hexai.jpa.examples.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The table that a page of the guide shows between two markers. */
final class PageTable {

    private static final Path PAGE = Path.of("../../docs/guide/unit-of-work-compared.md");
    private static final String MARKER = "<!-- table: peers -->\n";

    private PageTable() {}

    static String read() throws IOException {
        String[] parts = Files.readString(PAGE).split(MARKER, -1);
        if (parts.length != 3) {
            throw new IllegalStateException(PAGE + " has " + (parts.length - 1) + " lines " + MARKER.strip()
                    + ". Write one before the table and one after it.");
        }
        return parts[1].strip();
    }
}
