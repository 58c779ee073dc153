package io.hexai.jpa.benchmarks;

import java.util.concurrent.atomic.LongAdder;

/** What an operation tells of itself, where neither the time of all of it nor what it allocates is what is asked for. */
final class Findings {

    private static final LongAdder TIMED = new LongAdder();
    private static final LongAdder RETAINED = new LongAdder();

    private Findings() {}

    /** So long took the part of the operation that counts. */
    static void timed(long nanos) {
        TIMED.add(nanos);
    }

    /** So many bytes were in use at once for what the operation counts. */
    static void retained(long bytes) {
        RETAINED.add(bytes);
    }

    static long takeTimed() {
        return TIMED.sumThenReset();
    }

    static long takeRetained() {
        return RETAINED.sumThenReset();
    }
}
