package io.hexai.jpa.repository;

import io.hexai.jpa.repository.CartRow.CartLineRow;
import io.hexai.jpa.repository.CartRow.OwnerColumns;
import io.hexai.jpa.transaction.UnitOfWork;
import java.util.List;
import java.util.Set;

class Carts extends MappedRepository<Cart, CartRow, String> {

    Carts(UnitOfWork unitOfWork) {
        super(unitOfWork, CartRow.class);
    }

    List<Cart> findByCity(String city) {
        return trackAll(entityManager()
                .createQuery("from Cart where owner.city = :city order by id", CartRow.class)
                .setParameter("city", city)
                .getResultList());
    }

    List<Cart> all() {
        return trackAll(entityManager()
                .createQuery("from Cart c left join fetch c.lines left join fetch c.tags order by c.id", CartRow.class)
                .getResultList());
    }

    void forget(Cart cart) {
        untrack(cart);
    }

    Cart of(CartRow row) {
        return track(row);
    }

    @Override
    protected Cart toDomain(CartRow row) {
        return Cart.of(
                row.id,
                new Cart.Owner(row.owner.name, row.owner.city),
                row.lines.stream()
                        .map(line -> new Cart.Line(line.sku, line.quantity))
                        .toList(),
                Set.copyOf(row.tags));
    }

    @Override
    protected void copyTo(Cart cart, CartRow row) {
        row.id = cart.id();
        row.owner = new OwnerColumns(cart.owner().name(), cart.owner().city());
        mergeChildren(
                cart.lines(),
                Cart.Line::sku,
                row.lines,
                line -> line.sku,
                () -> new CartLineRow(row),
                (line, lineRow) -> {
                    lineRow.id = cart.id() + "/" + line.sku();
                    lineRow.sku = line.sku();
                    lineRow.quantity = line.quantity();
                });
        mergeValues(cart.tags(), row.tags);
    }

    @Override
    protected CartRow newEntity() {
        return new CartRow();
    }

    @Override
    protected String identity(Cart cart) {
        return cart.id();
    }
}
