package io.hexai.jpa.examples.quickstart;

import jakarta.persistence.EntityManager;

/** Tells from the tables alone how the shop stands. */
final class ShopTables {

    private ShopTables() {}

    static Summary summary(EntityManager em) {
        Summary summary = new Summary();
        em.createQuery("select sku as sku, stock as stock from Product", StockRow.class)
                .getResultStream()
                .forEach(row -> summary.add(Summary.stockOf(row.sku()), row.stock()));
        em.createQuery("select status as status, count(*) as orders from Order group by status", StatusRow.class)
                .getResultStream()
                .forEach(row -> {
                    summary.add(Summary.ORDERS, row.orders());
                    summary.add(Summary.orders(row.status()), row.orders());
                });
        summary.add(
                Summary.CENTS_PAID,
                em.createQuery("select coalesce(sum(cents), 0) from Payment", Long.class)
                        .getSingleResult());
        return summary;
    }

    private record StockRow(String sku, int stock) {}

    private record StatusRow(OrderStatus status, long orders) {}
}
