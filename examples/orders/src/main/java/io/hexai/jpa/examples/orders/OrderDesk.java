package io.hexai.jpa.examples.orders;

import io.hexai.jpa.transaction.UnitOfWork;
import java.util.List;

/** What people do with orders: each method is one unit of work, or joins the one that it is called in. */
final class OrderDesk {

    private final UnitOfWork unitOfWork;
    private final PurchaseOrders orders;

    OrderDesk(UnitOfWork unitOfWork) {
        this.unitOfWork = unitOfWork;
        this.orders = new PurchaseOrders(unitOfWork);
    }

    void place(String id, String customer, OrderLine... lines) {
        unitOfWork.run(() -> orders.add(PurchaseOrder.place(id, customer, List.of(lines))));
    }

    void pay(String id) {
        unitOfWork.run(() -> orders.forUpdate().get(id).pay());
    }

    void cancel(String id, int versionShown, String reason) {
        unitOfWork.run(() -> orders.get(id, versionShown).cancel(reason));
    }

    List<String> openOrders(String customer) {
        return unitOfWork.call(
                () -> orders.open(customer).stream().map(PurchaseOrder::id).toList());
    }
}
