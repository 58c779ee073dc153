package io.hexai.jpa.benchmarks;

import io.hexai.jpa.event.EventEntity;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import org.hibernate.annotations.Immutable;

/** An event of a table that holds many. */
@Entity
@Immutable
@Table(name = LargeTableEvent.TABLE)
class LargeTableEvent extends EventEntity {

    static final String TABLE = "large_table_events";

    protected LargeTableEvent() {}
}
