package io.hexai.jpa.database;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Collects what is wrong, so that all of it can be told at once. */
final class Faults {

    private static final Pattern HARMLESS = Pattern.compile("[\\w.,+-]{1,64}");

    private final List<ConfigFault> found = new ArrayList<>();

    void add(String name, String problem) {
        found.add(new ConfigFault(name, problem));
    }

    void addAll(Faults others) {
        found.addAll(others.found);
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    void throwIfAny() {
        if (!found.isEmpty()) {
            throw new InvalidConfigException(found);
        }
    }

    /** Whole URLs get pasted into the wrong variable: only what cannot be one, with its password, is repeated. */
    static String shown(String value) {
        return isHarmless(value) ? "'" + value + "'" : "the value given";
    }

    static boolean isHarmless(String value) {
        return HARMLESS.matcher(value).matches();
    }
}
