package io.hexai.jpa.examples.orders;

import jakarta.persistence.Embeddable;

/** So many of one product, and what they cost together. */
@Embeddable
record OrderLine(String sku, int quantity, long cents) {}
