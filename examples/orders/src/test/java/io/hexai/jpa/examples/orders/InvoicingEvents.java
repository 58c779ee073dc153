package io.hexai.jpa.examples.orders;

import jakarta.data.Order;
import jakarta.data.repository.Find;
import jakarta.data.repository.Query;
import jakarta.data.repository.Repository;
import java.util.List;
import org.hibernate.Session;

/** A repository of Jakarta Data over events. */
@Repository
interface InvoicingEvents {

    Session session();

    @Find
    List<InvoicingEvent> of(String messageType, Order<InvoicingEvent> order);

    @Query("where streamId = :stream order by streamVersion")
    List<InvoicingEvent> ofStream(String stream);
}
