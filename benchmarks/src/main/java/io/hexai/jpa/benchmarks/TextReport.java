package io.hexai.jpa.benchmarks;

import java.util.Locale;

/** What a comparison measured, for the terminal. */
final class TextReport {

    private TextReport() {}

    static String of(Results results) {
        Comparison comparison = results.comparison();
        StringBuilder text = new StringBuilder(comparison.id() + ": " + comparison.title() + "\n");
        for (String contestant : comparison.contestants()) {
            Series series = results.of(contestant);
            text.append(String.format(
                    Locale.ROOT,
                    "  %-40s %10.1f %s (%.1f to %.1f)  client %.1f us, server %.1f us, %.0f B, %.2f round trips%n",
                    contestant,
                    series.rates().median(),
                    comparison.unit(),
                    series.rates().low(),
                    series.rates().high(),
                    series.medianClientMicros(),
                    series.medianServerMicros(),
                    series.medianBytes(),
                    series.medianRoundTrips()));
        }
        for (Claim claim : comparison.claims()) {
            Spread value = claim.valueIn(results);
            text.append(String.format(
                    "  %s row %d: %s %s (%s to %s), wanted %s%n",
                    claim.isMetBy(value.median()) ? "met   " : "MISSED",
                    claim.row(),
                    claim.describe(),
                    claim.number(value.median()),
                    claim.number(value.low()),
                    claim.number(value.high()),
                    claim.target()));
        }
        return text.toString();
    }
}
