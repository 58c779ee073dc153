package io.hexai.jpa.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs comparisons by JMH, and gives each iteration to the contestant whose turn it was. */
final class Runner {

    private static final String BYTES = "gc.alloc.rate.norm";

    private final Effort effort;
    private final String serverUrl;

    Runner(Effort effort, String serverUrl) {
        this.effort = effort;
        this.serverUrl = serverUrl;
    }

    Results run(Comparison comparison) throws RunnerException {
        Results results = new Results(comparison);
        for (RunResult run :
                new org.openjdk.jmh.runner.Runner(options(comparison).build()).run()) {
            for (BenchmarkResult fork : run.getBenchmarkResults()) {
                addTo(results, fork);
            }
        }
        return results;
    }

    private ChainedOptionsBuilder options(Comparison comparison) {
        int contestants = comparison.contestants().size();
        boolean byTime = !comparison.turn().isZero();
        Duration turn = byTime ? effort.turn(comparison.turn()) : Duration.ofNanos(1);
        return new OptionsBuilder()
                .include("^" + TakingTurns.class.getName() + ".operation$")
                .param("comparison", comparison.id())
                .threads(comparison.threads())
                .operationsPerInvocation(comparison.operations())
                .forks(effort.forks())
                .warmupIterations(contestants * effort.warmUpRounds(byTime))
                .warmupTime(TimeValue.milliseconds(turn.toMillis()))
                .measurementIterations(contestants * effort.rounds(byTime))
                .measurementTime(TimeValue.milliseconds(turn.toMillis()))
                .syncIterations(byTime)
                .timeout(TimeValue.minutes(20))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .addProfiler(Resources.class)
                .addProfiler(
                        GCProfiler
                                .class) // the last to begin and the first to end, so that the other's own bytes do not
                // count
                .jvmArgsAppend(
                        "-D" + Database.SERVER + "=" + serverUrl,
                        "-Dorg.jboss.logging.provider=slf4j",
                        "-Xmx" + comparison.heapMegabytes() + "m");
    }

    private static void addTo(Results results, BenchmarkResult fork) {
        Comparison comparison = results.comparison();
        BenchmarkParams parameters = fork.getParams();
        int number = parameters.getWarmup().getCount();
        Collection<IterationResult> iterations = new ArrayList<>(fork.getIterationResults());
        for (IterationResult iteration : iterations) {
            results.of(comparison.contestantAt(number++)).add(turn(iteration));
        }
    }

    @SuppressWarnings("rawtypes") // JMH's own signature
    private static Series.Turn turn(IterationResult iteration) {
        Map<String, Result> more = iteration.getSecondaryResults();
        double timed = score(more, Resources.TIMED);
        return new Series.Turn(
                timed > 0 ? 1 / timed : iteration.getPrimaryResult().getScore(),
                score(more, BYTES),
                score(more, Resources.CLIENT),
                score(more, Resources.SERVER),
                score(more, Resources.ROUND_TRIPS),
                score(more, Resources.RETAINED));
    }

    @SuppressWarnings("rawtypes") // JMH's own signature
    private static double score(Map<String, Result> results, String label) {
        List<Result> found = results.entrySet().stream()
                .filter(entry -> entry.getKey().endsWith(label))
                .map(Map.Entry::getValue)
                .toList();
        return found.isEmpty() ? Double.NaN : found.get(0).getScore();
    }
}
