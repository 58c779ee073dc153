package io.hexai.jpa.benchmarks;

import java.time.Duration;

/** How long it is measured. */
enum Effort {
    /** For the regression guard: a glance, in the JVM that is there. */
    GUARD(0, 4, 5, 3, Duration.ofMillis(250)),
    /** All comparisons in some twenty minutes. */
    QUICK(1, 6, 7, 3, Duration.ofMillis(500)),
    /** All comparisons in half an hour on an idle machine. */
    FULL(1, 8, 15, 7, Duration.ofSeconds(1));

    private final int forks;
    private final int warmUpRounds;
    private final int rounds;
    private final int roundsOfSeconds;
    private final Duration turn;

    Effort(int forks, int warmUpRounds, int rounds, int roundsOfSeconds, Duration turn) {
        this.forks = forks;
        this.warmUpRounds = warmUpRounds;
        this.rounds = rounds;
        this.roundsOfSeconds = roundsOfSeconds;
        this.turn = turn;
    }

    /** Tells the reader of a report how it was measured. */
    String describe() {
        return rounds + " rounds of turns of " + turn.toMillis() + " ms, after " + warmUpRounds
                + " to warm up; operations of seconds are turns by themselves, in " + roundsOfSeconds
                + " rounds, after as many";
    }

    int forks() {
        return forks;
    }

    /** What takes seconds by itself is warmed up by as many rounds as are measured. */
    int warmUpRounds(boolean byTime) {
        return byTime ? warmUpRounds : roundsOfSeconds;
    }

    /** An operation that takes seconds by itself is repeated less often. */
    int rounds(boolean byTime) {
        return byTime ? rounds : roundsOfSeconds;
    }

    /** Turns of other lengths than a second are so many times longer or shorter. */
    Duration turn(Duration usual) {
        return Duration.ofMillis(usual.toMillis() * turn.toMillis() / 1_000);
    }
}
