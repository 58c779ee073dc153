package io.hexai.jpa.examples.quickstart;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/** What the program prints. */
final class Report {

    private final PrintStream out;

    Report(PrintStream out) {
        this.out = out;
    }

    void begin(Settings settings, Server server) {
        print("hexai-jpa quickstart: orders from a file, each stored with its events in one unit of work");
        print("");
        print(
                "  orders    %s",
                settings.ordersFile() == null ? "those that ship with the program" : settings.ordersFile());
        print("  database  %s", server);
        print("  threads   %d, over the same stock rows", settings.threads());
        print("");
    }

    void end(Tally tally, Audit audit, long events, Duration duration) {
        badLines(tally);
        print("  %-28s%10s%14s", "", "this run", "in all");
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
        print("");
        verdict(audit);
    }

    private void badLines(Tally tally) {
        tally.firstBadLines().forEach(line -> print("  skipped %s", line));
        long more = tally.badLineCount() - tally.firstBadLines().size();
        if (more > 0) {
            print("  skipped %,d more bad lines", more);
        }
        if (tally.badLineCount() > 0) {
            print("");
        }
    }

    private void verdict(Audit audit) {
        if (audit.agrees()) {
            print(
                    "The summary replayed from the events agrees with the tables: every order, every payment, and the stock of");
            print("every product. What was refused was rolled back as a nested scope, and its order stayed.");
            print("");
            print("Where to look next, in examples/quickstart/src/main/java/io/hexai/jpa/examples/quickstart:");
            print("  OrderDesk.java    one order, one unit of work: the nested scope, its rollback, the retry");
            print("  EventReplay.java  the event store, read from the beginning");
            print("  Quickstart.java   how the parts are put together");
            print(
                    "and docs/guide/unit-of-work.md for the whole story. Another file: add -Dorders=FILE; another server: set");
            print("%s.", Settings.DATABASE_VARIABLE);
        } else {
            print("THE EVENTS AND THE TABLES DISAGREE. Something wrote to the tables without telling the event store:");
            audit.differences().forEach(difference -> print("  %s", difference));
        }
    }

    private void row(String label, Tally tally, Audit audit, OrderStatus status) {
        row(label, tally.orders().getOrDefault(status, 0L), audit.summary().get(Summary.orders(status)));
    }

    private void row(String label, long thisRun, long inAll) {
        print("  %-28s%,10d%,14d", label, thisRun, inAll);
    }

    private void row(String label, long thisRun) {
        print("  %-28s%,10d", label, thisRun);
    }

    private static long sum(Map<OrderStatus, Long> orders) {
        return orders.values().stream().mapToLong(Long::longValue).sum();
    }

    private void print(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }
}
