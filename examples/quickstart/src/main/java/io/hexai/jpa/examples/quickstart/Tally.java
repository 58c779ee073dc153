package io.hexai.jpa.examples.quickstart;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts what one run has done. Thread-safe. */
final class Tally {

    /** Of a file that holds something else altogether, the first lines tell enough. */
    private static final int BAD_LINES_KEPT = 20;

    private final Map<OrderStatus, Long> orders = new EnumMap<>(OrderStatus.class);
    private final List<String> badLines = new ArrayList<>();
    private long badLineCount;
    private long repeated;
    private long retries;

    synchronized void taken(OrderStatus status) {
        orders.merge(status, 1L, Long::sum);
    }

    synchronized void repeated() {
        repeated++;
    }

    synchronized void retried() {
        retries++;
    }

    synchronized void bad(BadLineException line) {
        badLineCount++;
        if (badLines.size() < BAD_LINES_KEPT) {
            badLines.add(String.valueOf(line.getMessage()));
        }
    }

    synchronized Map<OrderStatus, Long> orders() {
        return new EnumMap<>(orders);
    }

    synchronized long repeatedCount() {
        return repeated;
    }

    synchronized long retryCount() {
        return retries;
    }

    synchronized long badLineCount() {
        return badLineCount;
    }

    synchronized List<String> firstBadLines() {
        return List.copyOf(badLines);
    }
}
