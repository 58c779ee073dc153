package io.hexai.jpa.repository;

import jakarta.persistence.CascadeType;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Version;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

@Entity(name = "Cart")
class CartRow {

    @Embeddable
    static class OwnerColumns {
        String name;
        String city;

        protected OwnerColumns() {}

        OwnerColumns(String name, String city) {
            this.name = name;
            this.city = city;
        }
    }

    @Id
    String id;

    @Version
    int version;

    @Embedded
    OwnerColumns owner;

    @OneToMany(mappedBy = "cart", cascade = CascadeType.ALL, orphanRemoval = true)
    @OrderBy("id")
    List<CartLineRow> lines = new ArrayList<>();

    @ElementCollection
    Set<String> tags = new HashSet<>();

    @Entity(name = "CartLine")
    static class CartLineRow {
        @Id
        String id;

        @Version
        int version;

        @ManyToOne
        CartRow cart;

        String sku;
        int quantity;

        protected CartLineRow() {}

        CartLineRow(CartRow cart) {
            this.cart = cart;
        }
    }
}
