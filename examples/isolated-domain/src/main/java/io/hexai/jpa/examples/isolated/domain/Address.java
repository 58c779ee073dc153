package io.hexai.jpa.examples.isolated.domain;

/** A value object: replaced, never changed. */
public record Address(String street, String city) {

    public Address {
        if (street.isBlank() || city.isBlank()) {
            throw new IllegalArgumentException("An address needs a street and a city.");
        }
    }
}
