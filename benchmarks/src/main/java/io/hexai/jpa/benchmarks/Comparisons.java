package io.hexai.jpa.benchmarks;

import java.util.List;
import java.util.stream.Stream;

/** All comparisons, in the order of the report. A new one goes here. */
final class Comparisons {

    private Comparisons() {}

    static List<Comparison> all() {
        return Stream.of(
                        List.of(SmallUnits.comparison(), EmptyUnits.comparison()),
                        NestedScopes.comparisons(),
                        NestedFailures.comparisons(),
                        List.of(EventAppends.comparison()),
                        EventBatches.comparisons(),
                        List.of(EventStreaming.comparison(), EventTableSizes.comparison()),
                        List.of(Increments.comparison(), ThinkingUnits.comparison()),
                        SerializableUnits.comparisons(),
                        AxonEvents.comparisons(),
                        List.of(MappedDomain.comparison(), FreshDatabases.comparison()),
                        SmallUnits.scaling(),
                        IdleUnits.comparisons())
                .flatMap(List::stream)
                .toList();
    }

    /** Those that guard against regressions. */
    static List<Comparison> guards() {
        return all().stream()
                .filter(comparison -> !comparison.guards().isEmpty())
                .map(Comparison::asGuard)
                .toList();
    }

    static Comparison withId(String id) {
        return Stream.concat(all().stream(), guards().stream())
                .filter(comparison -> comparison.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No comparison " + id));
    }
}
