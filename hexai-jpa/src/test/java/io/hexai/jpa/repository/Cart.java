package io.hexai.jpa.repository;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** A domain object as its author likes it: no setter, no public constructor, nothing of persistence. */
final class Cart {

    record Owner(String name, String city) {}

    /** A child that changes in place. */
    static final class Line {
        private final String sku;
        private int quantity;

        Line(String sku, int quantity) {
            this.sku = sku;
            this.quantity = quantity;
        }

        String sku() {
            return sku;
        }

        int quantity() {
            return quantity;
        }
    }

    private final String id;
    private Owner owner;
    private final List<Line> lines = new ArrayList<>();
    private Set<String> tags;

    private Cart(String id, Owner owner, Set<String> tags) {
        this.id = id;
        this.owner = owner;
        this.tags = Set.copyOf(tags);
    }

    static Cart open(String id, String owner) {
        return new Cart(id, new Owner(owner, "Bonn"), Set.of());
    }

    static Cart of(String id, Owner owner, List<Line> lines, Set<String> tags) {
        Cart cart = new Cart(id, owner, tags);
        cart.lines.addAll(lines);
        return cart;
    }

    void put(String sku, int quantity) {
        for (Line line : lines) {
            if (line.sku.equals(sku)) {
                line.quantity += quantity;
                return;
            }
        }
        lines.add(new Line(sku, quantity));
    }

    void takeOut(Predicate<Line> which) {
        lines.removeIf(which);
    }

    void moveTo(String city) {
        owner = new Owner(owner.name(), city);
    }

    void renameOwner(String name) {
        owner = new Owner(name, owner.city());
    }

    void tag(String tag) {
        Set<String> more = new LinkedHashSet<>(tags);
        more.add(tag);
        tags = Set.copyOf(more);
    }

    String id() {
        return id;
    }

    Owner owner() {
        return owner;
    }

    List<Line> lines() {
        return List.copyOf(lines);
    }

    Set<String> tags() {
        return tags;
    }

    @Override
    public String toString() {
        return owner.name() + "/" + owner.city()
                + lines.stream().map(line -> line.sku + "*" + line.quantity).toList()
                + tags.stream().sorted().toList();
    }
}
