package io.hexai.jpa.examples.quickstart;

import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.examples.quickstart.OrderEvent.ProductStocked;
import io.hexai.jpa.transaction.UnitOfWork;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.MappingIterator;

/** The products that the shop has when it opens. */
final class Catalogue {

    private static final String RESOURCE = "/quickstart/products.jsonl";

    private Catalogue() {}

    record Item(String sku, String name, long priceCents, int stock) {}

    static List<Item> items() throws IOException {
        InputStream in = Objects.requireNonNull(Catalogue.class.getResourceAsStream(RESOURCE), RESOURCE);
        try (MappingIterator<Item> items = Json.readerFor(Item.class).readValues(in)) {
            return items.readAll();
        }
    }

    /** Puts the products into the shop; one that is there already keeps the stock that it has. */
    static void stock(UnitOfWork unitOfWork, EventStore events) throws IOException {
        List<Item> items = items();
        unitOfWork
                .with(options -> options.withRetry(Retries.toldTo(retry -> {})))
                .run(em -> {
                    List<ProductStocked> stocked = new ArrayList<>();
                    for (Item item : items) {
                        if (em.find(Product.class, item.sku()) == null) {
                            em.persist(new Product(item.sku(), item.name(), item.priceCents(), item.stock()));
                            stocked.add(new ProductStocked(item.sku(), item.stock()));
                        }
                    }
                    events.storeAll(stocked);
                });
    }
}
