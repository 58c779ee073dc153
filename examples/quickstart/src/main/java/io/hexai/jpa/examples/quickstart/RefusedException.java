package io.hexai.jpa.examples.quickstart;

import io.hexai.jpa.examples.quickstart.OrderEvent.Refusal;

/** Ends the attempt to fulfil an order, and so rolls it back. */
final class RefusedException extends Exception {

    private static final long serialVersionUID = 1;

    private final transient Refusal refusal;

    RefusedException(Refusal refusal) {
        super(refusal.toString());
        this.refusal = refusal;
    }

    Refusal refusal() {
        return refusal;
    }
}
