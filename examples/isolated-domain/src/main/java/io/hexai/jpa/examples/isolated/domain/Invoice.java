package io.hexai.jpa.examples.isolated.domain;

import org.jspecify.annotations.Nullable;

/**
 * The other way: {@code isolated/orm.xml} maps this very class, so there is no row class and no copying. The price is visible
 * here: a constructor for Hibernate, fields that are not final, and a version.
 */
public class Invoice {

    private String number;
    private String customerId;
    private long cents;
    private Status status;

    @SuppressWarnings("UnusedVariable") // Hibernate reads it
    private int version;

    /** For Hibernate. */
    @SuppressWarnings("NullAway.Init") // it fills the fields
    protected Invoice() {}

    private Invoice(String number, String customerId, long cents) {
        this.number = number;
        this.customerId = customerId;
        this.cents = cents;
        this.status = Status.OPEN;
    }

    public static Invoice issue(String number, String customerId, long cents) {
        return new Invoice(number, customerId, cents);
    }

    public void pay(long paidCents) {
        if (status == Status.PAID || paidCents != cents) {
            throw new IllegalArgumentException("Invoice " + number + " is about " + cents + " cents, " + status + ".");
        }
        status = Status.PAID;
    }

    public String number() {
        return number;
    }

    public String customerId() {
        return customerId;
    }

    public Status status() {
        return status;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Invoice invoice && invoice.number().equals(number);
    }

    @Override
    public int hashCode() {
        return number.hashCode();
    }

    /** Where it stands. */
    public enum Status {
        OPEN,
        PAID
    }
}
