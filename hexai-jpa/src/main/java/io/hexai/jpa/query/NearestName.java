package io.hexai.jpa.query;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody may have meant who misspelt a name: the least edits, after V. Levenshtein, 1966. */
final class NearestName {

    private NearestName() {}

    /** Returns the nearest name if it takes few edits for its length. */
    static Optional<String> to(String name, Collection<String> names) {
        return names.stream()
                .min(Comparator.comparingInt(other -> distance(name, other)))
                .filter(nearest -> distance(name, nearest) <= Math.max(2, name.length() / 3));
    }

    /** Returns the words that end a message, or nothing. */
    static String hint(String name, Collection<String> names) {
        return to(name, names).map(nearest -> " Did you mean " + nearest + "?").orElse("");
    }

    private static int distance(String first, String second) {
        String a = first.toLowerCase(Locale.ROOT);
        String b = second.toLowerCase(Locale.ROOT);
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[b.length()];
    }
}
