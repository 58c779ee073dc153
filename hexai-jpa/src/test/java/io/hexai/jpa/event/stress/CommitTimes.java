package io.hexai.jpa.event.stress;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** When every eighth position was known to be committed, from which readers tell how far they lag behind. */
final class CommitTimes {

    private final Map<Long, Long> times = new ConcurrentHashMap<>();

    static boolean isSampled(long position) {
        return position % 8 == 0;
    }

    void committed(long position, long time) {
        if (isSampled(position)) {
            times.put(position, time);
        }
    }

    /** The lags of a reader, in order; an event that it saw before its writer heard of the commit has none. */
    final class Lags {
        private long[] lags = new long[1024];
        private int count;

        void saw(long position) {
            if (isSampled(position)) {
                if (count == lags.length) {
                    lags = Arrays.copyOf(lags, count * 2);
                }
                long now = System.nanoTime();
                lags[count++] = Math.max(0, now - times.getOrDefault(position, now));
            }
        }

        @Override
        public String toString() {
            Arrays.sort(lags, 0, count);
            return "lag in ms: 50 %% %.1f, 95 %% %.1f, 99 %% %.1f, most %.0f"
                    .formatted(percentile(50), percentile(95), percentile(99), percentile(100));
        }

        private double percentile(int percent) {
            return count == 0 ? 0 : lags[Math.min(count - 1, count * percent / 100)] / 1e6;
        }
    }
}
