package io.hexai.jpa.examples.orders;

import jakarta.data.Order;
import jakarta.data.repository.Find;
import jakarta.data.repository.Query;
import jakarta.data.repository.Repository;
import java.util.List;
import java.util.Optional;
import org.hibernate.Session;

// region stateful
/** A repository of Jakarta Data whose entities are managed: it names a session, and gets the unit of work's. */
@Repository
interface OrderSearch {

    Session session();

    @Find
    Optional<PurchaseOrder> byId(String id);

    @Find
    List<PurchaseOrder> of(String customer, Order<PurchaseOrder> order);

    @Query("where status = :status and customer like :pattern order by id")
    List<PurchaseOrder> matching(OrderStatus status, String pattern);
}
// endregion
