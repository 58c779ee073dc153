package io.hexai.jpa.examples.quickstart;

import io.hexai.jpa.event.EventType;

/** What happens in the shop. */
sealed interface OrderEvent {

    /** A product came into the shop. */
    @EventType("quickstart.product-stocked")
    record ProductStocked(String sku, int quantity) implements OrderEvent {}

    /** A customer ordered. */
    @EventType("quickstart.order-placed")
    record OrderPlaced(String orderId, String customer) implements OrderEvent {}

    /** Some of the stock now belongs to an order. */
    @EventType("quickstart.stock-reserved")
    record StockReserved(String orderId, String sku, int quantity) implements OrderEvent {}

    /** The customer paid, which completes the order. */
    @EventType("quickstart.payment-taken")
    record PaymentTaken(String orderId, long cents) implements OrderEvent {}

    /** Why an order cannot be fulfilled. */
    sealed interface Refusal extends OrderEvent {
        OrderStatus status();
    }

    /** The order costs more than the card may be charged with. */
    @EventType("quickstart.payment-refused")
    record PaymentRefused(String orderId, long cents, long limitCents) implements Refusal {
        @Override
        public OrderStatus status() {
            return OrderStatus.PAYMENT_REFUSED;
        }
    }

    /** There is less of a product than the order asks for. */
    @EventType("quickstart.stock-exhausted")
    record StockExhausted(String orderId, String sku, int wanted, int left) implements Refusal {
        @Override
        public OrderStatus status() {
            return OrderStatus.STOCK_EXHAUSTED;
        }
    }

    /** The order asks for something that the shop does not sell. */
    @EventType("quickstart.product-unknown")
    record ProductUnknown(String orderId, String sku) implements Refusal {
        @Override
        public OrderStatus status() {
            return OrderStatus.PRODUCT_UNKNOWN;
        }
    }

    /** The order asks for less than one of something. */
    @EventType("quickstart.quantity-invalid")
    record QuantityInvalid(String orderId, String sku, int quantity) implements Refusal {
        @Override
        public OrderStatus status() {
            return OrderStatus.QUANTITY_INVALID;
        }
    }
}
