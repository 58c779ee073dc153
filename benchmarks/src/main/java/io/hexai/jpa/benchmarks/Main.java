package io.hexai.jpa.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Runs comparisons and prints what they measured; {@code benchmarks/run} tells how to call it. */
public final class Main {

    private static final Path ROOT = Path.of(System.getProperty("benchmarks.root", "."));

    private Main() {}

    /** Arguments: what to do, and the ids of comparisons, or parts of ids; none means all. */
    public static void main(String[] arguments) throws Exception {
        List<String> wanted = List.of(arguments).subList(1, arguments.length);
        switch (arguments[0]) {
            case "guard" -> guard(wanted);
            case "report" -> report(wanted);
            case "page" -> new PerformancePage(ROOT).write();
            default -> run(Effort.valueOf(arguments[0].toUpperCase(Locale.ROOT)), wanted, false);
        }
    }

    private static void report(List<String> arguments) throws Exception {
        boolean quick = !arguments.isEmpty() && arguments.get(0).equals("quick");
        run(quick ? Effort.QUICK : Effort.FULL, quick ? arguments.subList(1, arguments.size()) : arguments, true);
        new PerformancePage(ROOT).write();
    }

    private static void run(Effort effort, List<String> wanted, boolean save) throws Exception {
        try (Server server = new Server()) {
            Runner runner = new Runner(effort, server.url());
            Map<String, String> machine = Machine.describe(server.url());
            for (Comparison comparison : Comparisons.all()) {
                if (isWanted(comparison, wanted)) {
                    double load = Machine.load();
                    Results results = runner.run(comparison);
                    System.out.println(TextReport.of(results));
                    if (save) {
                        SavedResults.of(results, effort, load, machine).writeTo(PerformancePage.results(ROOT));
                    }
                }
            }
        }
    }

    /** Fails if a comparison is worse than its generous bound. It is repeated before, since something else may have got in the way. */
    private static void guard(List<String> wanted) throws Exception {
        List<Comparison> worse = Comparisons.guards().stream()
                .filter(comparison -> isWanted(comparison, wanted))
                .toList();
        try (Server server = new Server()) {
            System.setProperty(Database.SERVER, server.url());
            System.setProperty("jmh.ignoreLock", "true"); // another run makes this one slower, and no less true
            Runner runner = new Runner(Effort.GUARD, server.url());
            for (int attempt = 1; attempt <= 2 && !worse.isEmpty(); attempt++) {
                List<Comparison> measured = worse;
                worse = new ArrayList<>();
                for (Comparison comparison : measured) {
                    Results results = runner.run(comparison);
                    System.out.println(TextReport.of(results));
                    if (!results.meetClaims()) {
                        worse.add(comparison);
                    }
                }
            }
        }
        if (!worse.isEmpty()) {
            throw new IllegalStateException("Slower than it has to be: "
                    + worse.stream().map(Comparison::id).toList());
        }
    }

    private static boolean isWanted(Comparison comparison, List<String> wanted) {
        return wanted.isEmpty() || wanted.stream().anyMatch(comparison.id()::contains);
    }
}
