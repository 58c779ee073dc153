package io.hexai.jpa.repository;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;

/** A child with an identifier from a sequence. */
@Entity
class Remark {

    @Id
    @GeneratedValue
    Long id;

    @ManyToOne(optional = false)
    Ticket ticket;

    String text;

    protected Remark() {}

    Remark(Ticket ticket, String text) {
        this.ticket = ticket;
        this.text = text;
    }
}
