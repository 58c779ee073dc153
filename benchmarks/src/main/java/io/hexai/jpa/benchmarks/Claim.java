package io.hexai.jpa.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A figure that the library is to reach: of two contestants' measures, round by round, the ratio or the difference.
 *
 * @param row its number in the list of figures
 * @param contestant who is to reach it
 * @param against the baselines; the best of each round counts
 * @param measure what is compared
 * @param bound the least ratio of rates, or the most of another measure
 */
record Claim(int row, String contestant, List<String> against, Measure measure, double bound) {

    /** What is compared. */
    enum Measure {
        /** The rate of the contestant divided by that of the best baseline: at least. */
        RATE,
        /** The time of the contestant divided by that of the best baseline: at most. */
        TIME,
        /** The processor time of the contestant's process divided by that of the baseline: at most. */
        CLIENT,
        /** The bytes that the contestant allocates in each operation beyond those of the baseline: at most. */
        BYTES_MORE,
        /** The bytes that are in use for each operation, divided by those of the baseline: at most. */
        MEMORY,
        /** The round trips that each operation of the contestant makes beyond those of the baseline: at most. */
        ROUND_TRIPS_MORE,
        /** The round trips to the server of each operation of the contestant: at most. */
        ROUND_TRIPS
    }

    /** Returns the claim to have at least this ratio of the rate of the best of the baselines. */
    static Claim rate(int row, String contestant, double atLeast, String... against) {
        return new Claim(row, contestant, List.of(against), Measure.RATE, atLeast);
    }

    /** Returns the claim to take at most this ratio of the time of the fastest of the baselines. */
    static Claim time(int row, String contestant, double atMost, String... against) {
        return new Claim(row, contestant, List.of(against), Measure.TIME, atMost);
    }

    /** Returns the claim to use at most this ratio of the baseline's processor time, the server's left out. */
    static Claim client(int row, String contestant, double atMost, String against) {
        return new Claim(row, contestant, List.of(against), Measure.CLIENT, atMost);
    }

    /** Returns the claim to allocate at most so many bytes more than the baseline. */
    static Claim bytesMore(int row, String contestant, double atMost, String against) {
        return new Claim(row, contestant, List.of(against), Measure.BYTES_MORE, atMost);
    }

    /** Returns the claim to need at most so many round trips. */
    static Claim roundTrips(int row, String contestant, double atMost) {
        return new Claim(row, contestant, List.of(), Measure.ROUND_TRIPS, atMost);
    }

    /** Returns the claim to need at most so many round trips more than the baseline. */
    static Claim roundTripsMore(int row, String contestant, double atMost, String against) {
        return new Claim(row, contestant, List.of(against), Measure.ROUND_TRIPS_MORE, atMost);
    }

    /** Returns the claim to keep at most this ratio of the bytes that the baseline keeps. */
    static Claim memory(int row, String contestant, double atMost, String against) {
        return new Claim(row, contestant, List.of(against), Measure.MEMORY, atMost);
    }

    Spread valueIn(Results results) {
        Series own = results.of(contestant);
        List<Series> others = against.stream().map(results::of).toList();
        return Spread.of(
                switch (measure) {
                    case RATE -> own.perRound(round -> own.rate(round) / bestRate(others, round));
                    case TIME -> own.perRound(round -> bestRate(others, round) / own.rate(round));
                    case CLIENT ->
                        own.perRound(round -> own.client(round) / others.get(0).client(round));
                    case BYTES_MORE ->
                        own.perRound(round -> own.bytes(round) - others.get(0).bytes(round));
                    case MEMORY ->
                        own.perRound(
                                round -> own.retained(round) / others.get(0).retained(round));
                    case ROUND_TRIPS_MORE ->
                        own.perRound(
                                round -> own.roundTrips(round) - others.get(0).roundTrips(round));
                    case ROUND_TRIPS -> own.perRound(own::roundTrips);
                });
    }

    private static double bestRate(List<Series> others, int round) {
        return others.stream().mapToDouble(other -> other.rate(round)).max().orElseThrow();
    }

    boolean isMetBy(double value) {
        return measure == Measure.RATE ? value >= bound : value <= bound;
    }

    String describe() {
        String best = against.size() > 1 ? "the best of " : "";
        String others = against.stream().collect(Collectors.joining(", "));
        return switch (measure) {
            case RATE -> contestant + ": rate, against " + best + others;
            case TIME -> contestant + ": time, against " + best + others;
            case CLIENT -> contestant + ": processor time, against " + others;
            case BYTES_MORE -> contestant + ": bytes allocated beyond " + others;
            case MEMORY -> contestant + ": memory kept, against " + others;
            case ROUND_TRIPS_MORE -> contestant + ": round trips beyond " + others;
            case ROUND_TRIPS -> contestant + ": round trips";
        };
    }

    String target() {
        return switch (measure) {
            case RATE -> "≥ " + number(bound) + " ×";
            case TIME, CLIENT, MEMORY -> "≤ " + number(bound) + " ×";
            case BYTES_MORE, ROUND_TRIPS, ROUND_TRIPS_MORE -> "≤ " + number(bound);
        };
    }

    /** Formats a value of the measure; a ratio has two digits whatever its size, to be compared with its bound. */
    String number(double value) {
        return String.format(
                Locale.ROOT, measure == Measure.BYTES_MORE || Math.abs(value) >= 100 ? "%.0f" : "%.2f", value);
    }
}
