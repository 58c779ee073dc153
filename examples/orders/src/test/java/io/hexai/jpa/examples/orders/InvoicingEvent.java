package io.hexai.jpa.examples.orders;

import io.hexai.jpa.event.EventEntity;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import org.hibernate.annotations.Immutable;

/** An event of a table of its own, with the metamodels that Hibernate's processor makes for it. */
@Entity
@Immutable
@Table(name = "invoicing_events")
class InvoicingEvent extends EventEntity {

    protected InvoicingEvent() {}
}
