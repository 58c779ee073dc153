package io.hexai.jpa.examples.quickstart;

import java.util.List;

/** An order as a line of the file says it: {@code {"id":…,"customer":…,"cardLimitCents":…,"lines":[{"sku":…,"quantity":…}]}}. */
record IncomingOrder(String id, String customer, long cardLimitCents, List<Line> lines) {

    IncomingOrder {
        requireText("id", id);
        requireText("customer", customer);
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("the order has no lines");
        }
        lines = List.copyOf(lines);
    }

    record Line(String sku, int quantity) {
        Line {
            requireText("sku", sku);
        }
    }

    /** What the database could not keep is better refused here, where the line's number is known. */
    private static void requireText(String name, String value) {
        if (value.isBlank() || value.length() > 100 || value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    name + " must be text of 1 to 100 characters, without NUL, but has " + value.length());
        }
    }
}
