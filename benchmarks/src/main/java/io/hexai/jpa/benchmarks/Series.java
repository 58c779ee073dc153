package io.hexai.jpa.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** What was measured of one contestant, turn by turn. */
final class Series {

    private final List<Turn> turns = new ArrayList<>();

    /**
     * One turn.
     *
     * @param rate operations a second
     * @param bytes allocated in each operation
     * @param clientMicros processor time of this process for each operation
     * @param serverMicros processor time of the server for each operation
     * @param roundTrips to the server in each operation
     * @param retained bytes in use for each operation, where it tells
     */
    record Turn(
            double rate, double bytes, double clientMicros, double serverMicros, double roundTrips, double retained) {}

    void add(Turn turn) {
        turns.add(turn);
    }

    List<Turn> turns() {
        return List.copyOf(turns);
    }

    double[] perRound(IntToDoubleFunction value) {
        return IntStream.range(0, turns.size()).mapToDouble(value).toArray();
    }

    double rate(int round) {
        return turns.get(round).rate;
    }

    double client(int round) {
        return turns.get(round).clientMicros;
    }

    double bytes(int round) {
        return turns.get(round).bytes;
    }

    double roundTrips(int round) {
        return turns.get(round).roundTrips;
    }

    double retained(int round) {
        return turns.get(round).retained;
    }

    Spread rates() {
        return Spread.of(perRound(this::rate));
    }

    double medianBytes() {
        return Spread.of(perRound(this::bytes)).median();
    }

    double medianRoundTrips() {
        return Spread.of(perRound(this::roundTrips)).median();
    }

    double medianClientMicros() {
        return Spread.of(perRound(round -> turns.get(round).clientMicros)).median();
    }

    double medianServerMicros() {
        return Spread.of(perRound(round -> turns.get(round).serverMicros)).median();
    }
}
