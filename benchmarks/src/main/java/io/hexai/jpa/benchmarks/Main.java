package io.hexai.jpa.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Runs comparisons and prints what they measured; {@code benchmarks/run} tells how to call it. */
public final class Main {

    private Main() {}

    /** Arguments: an {@link Effort}, and the ids of comparisons, or parts of ids; none means all. */
    public static void main(String[] arguments) throws Exception {
        Effort effort = Effort.valueOf(arguments[0].toUpperCase(Locale.ROOT));
        List<String> wanted = List.of(arguments).subList(1, arguments.length);
        List<Results> all = new ArrayList<>();
        try (Server server = new Server()) {
            Runner runner = new Runner(effort, server.url());
            for (Comparison comparison : Comparisons.all()) {
                if (wanted.isEmpty() || wanted.stream().anyMatch(comparison.id()::contains)) {
                    Results results = runner.run(comparison);
                    all.add(results);
                    System.out.println(TextReport.of(results));
                }
            }
        }
    }
}
