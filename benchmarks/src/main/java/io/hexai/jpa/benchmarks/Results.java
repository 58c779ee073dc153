package io.hexai.jpa.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** What a comparison has measured of each of its contestants. */
final class Results {

    private final Comparison comparison;
    private final Map<String, Series> series = new LinkedHashMap<>();

    Results(Comparison comparison) {
        this.comparison = comparison;
        comparison.contestants().forEach(name -> series.put(name, new Series()));
    }

    Comparison comparison() {
        return comparison;
    }

    boolean meetClaims() {
        return comparison.claims().stream()
                .allMatch(claim -> claim.isMetBy(claim.valueIn(this).median()));
    }

    Series of(String contestant) {
        return Objects.requireNonNull(series.get(contestant), () -> "No contestant " + contestant);
    }
}
