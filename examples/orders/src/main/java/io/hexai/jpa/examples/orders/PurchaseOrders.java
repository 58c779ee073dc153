package io.hexai.jpa.examples.orders;

import io.hexai.jpa.repository.EntityRepository;
import io.hexai.jpa.transaction.UnitOfWork;
import java.util.List;
import org.hibernate.query.Order;
import org.hibernate.query.restriction.Restriction;

/** All orders, with finders of their own. */
final class PurchaseOrders extends EntityRepository<PurchaseOrder, String> {

    PurchaseOrders(UnitOfWork unitOfWork) {
        super(unitOfWork, PurchaseOrder.class);
    }

    List<PurchaseOrder> open(String customer) {
        return list(
                Order.asc(PurchaseOrder_.id),
                Restriction.equal(PurchaseOrder_.customer, customer),
                Restriction.equal(PurchaseOrder_.status, OrderStatus.PLACED));
    }
}
