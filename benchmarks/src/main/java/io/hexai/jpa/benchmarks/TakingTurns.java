package io.hexai.jpa.benchmarks;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.runner.IterationType;

/**
 * The one JMH benchmark: each iteration, those that warm up included, is the turn of one contestant, in an order that rotates. So
 * all of them share one JVM, one server and whatever else the machine does at the time. {@link Runner} tells the iterations apart.
 */
@State(Scope.Benchmark)
public class TakingTurns {

    private static final int WARM_UP_ROUNDS = 8;
    private static final Duration WARM_UP_TURN = Duration.ofSeconds(1);

    /** The id of the comparison. */
    @Param("")
    public String comparison;

    private Comparison compared;
    private Contest contest;
    private Map<String, Operation> operations;
    private Operation current;
    private String contestant;
    private int turn;

    /** Opens the contest. */
    @Setup(Level.Trial)
    public void open() throws Exception {
        compared = Comparisons.withId(comparison);
        contest = compared.opener().open();
        operations = contest.operations();
        if (compared.threads() > 1) {
            warmUpAlone();
        }
    }

    /** Many threads leave the compiler little of the processor: what all of them do is done by one before, until it is compiled. */
    private void warmUpAlone() throws Exception {
        Database.waitForDisk(false);
        for (int i = 0; i < WARM_UP_ROUNDS * compared.contestants().size(); i++) {
            String next = compared.contestantAt(i);
            contest.beforeTurn(next);
            long end = System.nanoTime() + WARM_UP_TURN.toNanos();
            while (System.nanoTime() < end) {
                operations.get(next).run();
            }
            contest.afterTurn(next);
        }
    }

    /**
     * Calls up the next contestant. While warming up, nobody waits for the disk, so that more is done in the time; nor for a guard,
     * which looks at processor time.
     */
    @Setup(Level.Iteration)
    public void next(IterationParams iteration) throws Exception {
        Database.waitForDisk(iteration.getType() == IterationType.MEASUREMENT && !compared.isGuard());
        contestant = compared.contestantAt(turn++);
        contest.beforeTurn(contestant);
        current = Objects.requireNonNull(operations.get(contestant), contestant);
    }

    /** Does what the contestant does. */
    @Benchmark
    public @Nullable Object operation() throws Exception {
        return current.run();
    }

    /** Looks at what the contestant has done. */
    @TearDown(Level.Iteration)
    public void check() throws Exception {
        contest.afterTurn(contestant);
    }

    /** Ends the contest. */
    @TearDown(Level.Trial)
    public void close() throws Exception {
        contest.close();
    }
}
