package io.hexai.jpa.examples.quickstart;

import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.examples.quickstart.OrderEvent.OrderPlaced;
import io.hexai.jpa.examples.quickstart.OrderEvent.PaymentTaken;
import io.hexai.jpa.examples.quickstart.OrderEvent.ProductStocked;
import io.hexai.jpa.examples.quickstart.OrderEvent.Refusal;
import io.hexai.jpa.examples.quickstart.OrderEvent.StockReserved;
import java.util.stream.Stream;

/** Tells from the events alone how the shop stands, in constant memory however many there are. */
final class EventReplay {

    private static final int BATCH = 1_000;

    private EventReplay() {}

    static Summary of(EventStore events) {
        Summary summary = new Summary();
        try (Stream<StoredEvent> stream = events.stream(0, BATCH)) {
            stream.forEach(event -> event.payloadAs(OrderEvent.class).ifPresent(happened -> apply(happened, summary)));
        }
        return summary;
    }

    private static void apply(OrderEvent event, Summary summary) {
        if (event instanceof ProductStocked stocked) {
            summary.add(Summary.stockOf(stocked.sku()), stocked.quantity());
        } else if (event instanceof OrderPlaced) {
            summary.add(Summary.ORDERS, 1);
            summary.add(Summary.orders(OrderStatus.PLACED), 1);
        } else if (event instanceof StockReserved reserved) {
            summary.add(Summary.stockOf(reserved.sku()), -reserved.quantity());
        } else if (event instanceof PaymentTaken paid) {
            summary.add(Summary.CENTS_PAID, paid.cents());
            move(OrderStatus.CONFIRMED, summary);
        } else if (event instanceof Refusal refusal) {
            move(refusal.status(), summary);
        }
    }

    private static void move(OrderStatus status, Summary summary) {
        summary.add(Summary.orders(OrderStatus.PLACED), -1);
        summary.add(Summary.orders(status), 1);
    }
}
