package io.hexai.jpa.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Writes {@code docs/performance.md} and its charts from the results that are saved, and from nothing else. */
final class PerformancePage {

    private static final Path PAGE = Path.of("docs/performance.md");
    private static final Path CHARTS = Path.of("docs/images/performance");
    private static final Path RESULTS = Path.of("benchmarks/results");

    private static final String BEGIN = """
            # Performance

            What the library costs beside the best code that one would write by hand, and beside its peers. This page is written by
            `benchmarks/run report`, from what it measured; `benchmarks/run page` writes it again from the results that are saved in
            `benchmarks/results`. Decisions [18](decisions/0018-where-the-time-goes.md) and
            [6](decisions/0006-what-travels-with-a-statement.md) tell what was found by profiling, and where a limit lies.

            Contestants take turns of a second or two in one JVM, against one server that waits for its disk, in an order that rotates from
            round to round. A ratio is taken round by round, so that it compares turns that lie beside each other; what is quoted is the
            median of the rounds, with the quarter below and the quarter above in brackets. JMH runs it all, in JVMs of their own, warmed.
            """;

    private final Path root;
    private final Map<String, SavedResults> saved = new LinkedHashMap<>();
    private final Map<String, Results> results = new LinkedHashMap<>();

    PerformancePage(Path root) throws IOException {
        this.root = root;
        for (Comparison comparison : Comparisons.all()) {
            Optional<SavedResults> found = SavedResults.read(results(root), comparison);
            Optional<Results> usable = found.flatMap(all -> all.results(comparison));
            if (usable.isPresent()) {
                saved.put(comparison.id(), found.orElseThrow());
                results.put(comparison.id(), usable.orElseThrow());
            }
        }
    }

    static Path results(Path root) {
        return root.resolve(RESULTS);
    }

    void write() throws IOException {
        StringBuilder page = new StringBuilder(BEGIN);
        page.append("\n## Machine\n\n").append(machine());
        page.append("\n## Figures\n\n").append(figures());
        for (Topic topic : Topic.all()) {
            List<Results> all = topic.comparisons()
                    .map(comparison -> results.get(comparison.id()))
                    .filter(found -> found != null)
                    .toList();
            if (!all.isEmpty()) {
                page.append("\n## ").append(topic.title()).append("\n\n").append(section(topic, all));
            }
        }
        Files.writeString(root.resolve(PAGE), page);
    }

    private String machine() {
        Map<String, TreeSet<String>> all = new LinkedHashMap<>();
        for (SavedResults one : saved.values()) {
            one.machine()
                    .forEach((what, value) ->
                            all.computeIfAbsent(what, name -> new TreeSet<>()).add(value));
            all.computeIfAbsent("Date", name -> new TreeSet<>()).add(one.date());
            all.computeIfAbsent("Measured", name -> new TreeSet<>()).add(one.effort());
        }
        StringBuilder text = new StringBuilder("| | |\n|---|---|\n");
        all.forEach((what, values) -> text.append("| %s | %s |\n".formatted(what, String.join("; ", values))));
        double most = saved.values().stream()
                .flatMap(one -> one.load().stream())
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(0);
        double least = saved.values().stream()
                .flatMap(one -> one.load().stream())
                .mapToDouble(Double::doubleValue)
                .min()
                .orElse(0);
        return text.append(String.format(Locale.ROOT, "| Load, this run included | %.1f to %.1f |%n", least, most))
                .toString();
    }

    private String figures() {
        StringBuilder text =
                new StringBuilder("| # | comparison | what | figure | measured | |\n|---|---|---|---|---|---|\n");
        record Line(Claim claim, Results results) {}
        List<Line> lines = new ArrayList<>();
        results.values().forEach(one -> one.comparison().claims().forEach(claim -> lines.add(new Line(claim, one))));
        lines.sort(Comparator.comparingInt(line -> line.claim.row()));
        for (Line line : lines) {
            Spread value = line.claim.valueIn(line.results);
            text.append("| %d | [%s](#%s) | %s | %s | **%s** (%s to %s) | %s |\n"
                    .formatted(
                            line.claim.row(),
                            line.results.comparison().id(),
                            line.results.comparison().id(),
                            line.claim.describe(),
                            line.claim.target(),
                            line.claim.number(value.median()),
                            line.claim.number(value.low()),
                            line.claim.number(value.high()),
                            line.claim.isMetBy(value.median()) ? "met" : "missed"));
        }
        return text.toString();
    }

    private String section(Topic topic, List<Results> all) throws IOException {
        Path charts = root.resolve(CHARTS);
        Files.createDirectories(charts);
        Optional<String> chart = Chart.svg(topic, all);
        if (chart.isPresent()) {
            Files.writeString(charts.resolve(topic.name() + ".svg"), chart.get());
        }
        String image = "![%s](images/performance/%s.svg)\n\n".formatted(topic.title(), topic.name());
        return (chart.isPresent() ? image : "") + all.stream().map(this::table).collect(Collectors.joining("\n"));
    }

    private String table(Results one) {
        Comparison comparison = one.comparison();
        SavedResults from = saved.get(comparison.id());
        StringBuilder text = new StringBuilder("### %s\n\n%s. On %s, load %s.\n\n"
                .formatted(
                        comparison.id(),
                        comparison.title(),
                        from.date(),
                        from.load().stream()
                                .map(load -> String.format(Locale.ROOT, "%.1f", load))
                                .collect(Collectors.joining(" to "))));
        text.append("| | %s | client | server | allocated | round trips |\n|---|---|---|---|---|---|\n"
                .formatted(comparison.unit()));
        for (String contestant : comparison.contestants()) {
            Series series = one.of(contestant);
            Spread rates = series.rates();
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | **%s** (%s to %s) | %.1f µs | %.1f µs | %,.0f B | %.2f |%n",
                    contestant,
                    rate(rates.median()),
                    rate(rates.low()),
                    rate(rates.high()),
                    series.medianClientMicros(),
                    series.medianServerMicros(),
                    series.medianBytes(),
                    series.medianRoundTrips()));
        }
        return text.toString();
    }

    private static String rate(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%,.0f", value);
    }
}
