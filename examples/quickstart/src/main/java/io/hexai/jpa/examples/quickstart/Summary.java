package io.hexai.jpa.examples.quickstart;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** The shop in figures by their names: how many orders came how far, what is left of each product, what was paid. */
final class Summary {

    static final String ORDERS = "orders";
    static final String CENTS_PAID = "cents paid";

    private final Map<String, Long> figures = new TreeMap<>();

    static String orders(OrderStatus status) {
        return ORDERS + " " + status.label();
    }

    static String stockOf(String sku) {
        return "stock of " + sku;
    }

    void add(String name, long amount) {
        figures.merge(name, amount, Long::sum);
    }

    long get(String name) {
        return figures.getOrDefault(name, 0L);
    }

    /** Names each figure that differs, with what both sides say. */
    List<String> differencesFrom(Summary other, String thisSays, String otherSays) {
        TreeSet<String> names = new TreeSet<>(figures.keySet());
        names.addAll(other.figures.keySet());
        List<String> differences = new ArrayList<>();
        for (String name : names) {
            if (get(name) != other.get(name)) {
                differences.add(name + ": " + thisSays + " " + get(name) + ", " + otherSays + " " + other.get(name));
            }
        }
        return differences;
    }
}
