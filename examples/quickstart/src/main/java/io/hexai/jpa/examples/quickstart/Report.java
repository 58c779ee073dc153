package io.hexai.jpa.examples.quickstart;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/** What the program prints. */
final class Report {

    private static final String AGREEMENT = """
            The summary replayed from the events agrees with the tables: orders, payments, and the stock of each product.
            What was refused was rolled back as a nested scope, while its order stayed.

            Where to look next, in examples/quickstart/src/main/java/io/hexai/jpa/examples/quickstart:
              OrderDesk.java    one order, one unit of work: the nested scope, its rollback, the retry
              EventReplay.java  the event store, read from the beginning
              Quickstart.java   how the parts are put together
            and in docs/guide: unit-of-work.md tells the whole story.
            -Dorders=FILE takes other orders, HEXAI_DB_URL in the environment names another database.
            """;

    private final PrintStream out;

    Report(PrintStream out) {
        this.out = out;
    }

    void begin(Settings settings, Server server) {
        out.println("hexai-jpa quickstart: orders from a file, each stored with its events in one unit of work");
        out.println();
        out.printf(
                Locale.ROOT,
                "  orders    %s%n",
                settings.ordersFile() == null ? "those that ship with the program" : settings.ordersFile());
        out.printf(Locale.ROOT, "  database  %s%n", server);
        out.printf(Locale.ROOT, "  threads   %d, over the same stock rows%n", settings.threads());
        out.println();
    }

    void end(Tally tally, Audit audit, long events, Duration duration) {
        badLines(tally);
        out.printf(Locale.ROOT, "  %-28s%10s%14s%n", "", "this run", "in all");
        row("orders", sum(tally.orders()), audit.summary().get(Summary.ORDERS));
        row("  confirmed", tally, audit, OrderStatus.CONFIRMED);
        for (OrderStatus refusal : OrderStatus.refusals()) {
            row("  refused: " + refusal.label(), tally, audit, refusal);
        }
        row("repeated orders, skipped", tally.repeatedCount());
        row("bad lines, skipped", tally.badLineCount());
        row("retries", tally.retryCount());
        row("events", events);
        row("events per second", Math.round(events * 1e9 / duration.toNanos()));
        out.println();
        verdict(audit);
    }

    private void badLines(Tally tally) {
        tally.firstBadLines().forEach(line -> out.printf(Locale.ROOT, "  skipped %s%n", line));
        long more = tally.badLineCount() - tally.firstBadLines().size();
        if (more > 0) {
            out.printf(Locale.ROOT, "  skipped %,d more bad lines%n", more);
        }
        if (tally.badLineCount() > 0) {
            out.println();
        }
    }

    private void verdict(Audit audit) {
        if (audit.agrees()) {
            out.print(AGREEMENT);
        } else {
            out.println("THE EVENTS AND THE TABLES DISAGREE: somebody wrote to the tables past the event store.");
            audit.differences().forEach(difference -> out.printf(Locale.ROOT, "  %s%n", difference));
        }
    }

    private void row(String label, Tally tally, Audit audit, OrderStatus status) {
        row(label, tally.orders().getOrDefault(status, 0L), audit.summary().get(Summary.orders(status)));
    }

    private void row(String label, long thisRun, long inAll) {
        out.printf(Locale.ROOT, "  %-28s%,10d%,14d%n", label, thisRun, inAll);
    }

    private void row(String label, long thisRun) {
        out.printf(Locale.ROOT, "  %-28s%,10d%n", label, thisRun);
    }

    private static long sum(Map<OrderStatus, Long> orders) {
        return orders.values().stream().mapToLong(Long::longValue).sum();
    }
}
