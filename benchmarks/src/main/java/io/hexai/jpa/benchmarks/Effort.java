package io.hexai.jpa.benchmarks;

import java.time.Duration;

/** How long it is measured. */
enum Effort {
    /** For the regression guard: a glance. */
    GUARD(1, 4, 5, 3, Duration.ofMillis(400)),
    /** All comparisons in some twenty minutes. */
    QUICK(1, 6, 7, 3, Duration.ofMillis(700)),
    /** All comparisons in more than an hour, each of them in two JVMs. */
    FULL(2, 10, 15, 5, Duration.ofSeconds(2));

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

    int forks() {
        return forks;
    }

    int warmUpRounds() {
        return warmUpRounds;
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
