package io.hexai.jpa.benchmarks;

import java.util.Arrays;

/**
 * A value measured in several rounds.
 *
 * @param median half of the rounds had less
 * @param low a quarter of the rounds had less
 * @param high a quarter of the rounds had more
 */
record Spread(double median, double low, double high) {

    static Spread of(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Spread(at(sorted, 0.5), at(sorted, 0.25), at(sorted, 0.75));
    }

    private static double at(double[] sorted, double part) {
        double place = part * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
