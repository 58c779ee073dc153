package io.hexai.jpa.examples.isolated.domain;

/** A rule of the domain: thrown with the customer already changed, as such things happen. */
public final class CreditExceededException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CreditExceededException(String customer) {
        super("Customer " + customer + " would owe too much each month.");
    }
}
