package io.hexai.jpa.benchmarks;

import io.hexai.jpa.event.EventEntity;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import org.hibernate.annotations.Immutable;

/** An event whose position comes from the counter; a table takes its positions either from there or from its sequence. */
@Entity
@Immutable
@Table(name = CountedEvent.TABLE)
class CountedEvent extends EventEntity {

    static final String TABLE = "counted_events";

    protected CountedEvent() {}
}
