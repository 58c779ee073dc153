package io.hexai.jpa.benchmarks;

import java.util.List;
import java.util.stream.Stream;

/**
 * A section of the page: comparisons that belong together, and how they are drawn.
 *
 * @param title of the section
 * @param name of its chart's files
 * @param ids how the ids of its comparisons begin
 * @param shape of its chart
 * @param axis what its comparisons differ in, where that is a number at the end of the id
 */
record Topic(String title, String name, List<String> ids, Shape shape, String axis) {

    /** Of a chart. */
    enum Shape {
        /** For each comparison a group of bars: the rate of each contestant, divided by that of the fastest. */
        BARS,
        /** For each contestant a line: its rate over the number at the end of the id. */
        RATES,
        /** For each contestant a line: its rate, divided by that of the second, over that number. */
        RATIOS
    }

    static List<Topic> all() {
        return List.of(
                bars("Small units of work", "small-units", "small-unit", "empty-unit"),
                lines("More threads", "scaling", Shape.RATES, "threads", "scaling-", "idle-"),
                bars("Nested scopes that succeed", "nested-success", "nested-success-"),
                lines(
                        "Nested scopes that fail",
                        "nested-failure",
                        Shape.RATIOS,
                        "entities used afterwards",
                        "nested-failure-"),
                bars(
                        "Units of work that get in each other's way",
                        "contention",
                        "increments",
                        "thinking-unit",
                        "serializable-"),
                bars("Appending one event", "event-append", "event-append"),
                lines("Appending many events", "event-batch", Shape.RATES, "events in one call", "event-batch-"),
                bars("Reading events", "event-read", "event-stream", "event-table-size"),
                lines("Axon", "axon", Shape.RATIOS, "events in one call", "axon-"),
                bars("An isolated domain", "mapped-domain", "mapped-domain"),
                bars("Fresh test databases", "fresh-database", "fresh-database"));
    }

    private static Topic bars(String title, String name, String... ids) {
        return new Topic(title, name, List.of(ids), Shape.BARS, "");
    }

    private static Topic lines(String title, String name, Shape shape, String axis, String... ids) {
        return new Topic(title, name, List.of(ids), shape, axis);
    }

    Stream<Comparison> comparisons() {
        return Comparisons.all().stream().filter(comparison -> ids.stream().anyMatch(comparison.id()::startsWith));
    }

    /** Returns the number at the end of an id; NaN if there is none. */
    static double number(String id) {
        String last = id.substring(id.lastIndexOf('-') + 1);
        return last.chars().allMatch(Character::isDigit) ? Double.parseDouble(last) : Double.NaN;
    }
}
