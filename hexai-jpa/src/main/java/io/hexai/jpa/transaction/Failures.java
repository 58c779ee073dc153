package io.hexai.jpa.transaction;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** Keeps one failure as the one to throw, and the others with it. */
final class Failures {

    private Failures() {}

    /** Suppresses the later failure into the first, unless it is already part of it, which would print in circles. */
    static void suppress(Throwable first, Throwable later) {
        Set<Throwable> known = Collections.newSetFromMap(new IdentityHashMap<>());
        collect(first, known);
        Set<Throwable> added = Collections.newSetFromMap(new IdentityHashMap<>());
        collect(later, added);
        if (!known.contains(later) && !added.contains(first)) {
            first.addSuppressed(later);
        }
    }

    private static void collect(Throwable failure, Set<Throwable> into) {
        if (into.add(failure)) {
            if (failure.getCause() != null) {
                collect(failure.getCause(), into);
            }
            for (Throwable suppressed : failure.getSuppressed()) {
                collect(suppressed, into);
            }
        }
    }
}
