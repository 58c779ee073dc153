package io.hexai.jpa.examples.quickstart;

import io.hexai.jpa.examples.quickstart.OrderEvent.StockExhausted;
import io.hexai.jpa.examples.quickstart.OrderEvent.StockReserved;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;

/** Something the shop sells. All orders for it change the same row; the version tells them of each other. */
@Entity
@Table(name = "quickstart_product")
class Product {

    @Id
    private String sku;

    @Column(nullable = false)
    private String name;

    private long priceCents;

    private int stock;

    @Version
    private int version;

    Product() {}

    Product(String sku, String name, long priceCents, int stock) {
        this.sku = sku;
        this.name = name;
        this.priceCents = priceCents;
        this.stock = stock;
    }

    StockReserved reserve(String orderId, int quantity) throws RefusedException {
        if (quantity > stock) {
            throw new RefusedException(new StockExhausted(orderId, sku, quantity, stock));
        }
        stock -= quantity;
        return new StockReserved(orderId, sku, quantity);
    }

    long priceOf(int quantity) {
        return priceCents * quantity;
    }
}
