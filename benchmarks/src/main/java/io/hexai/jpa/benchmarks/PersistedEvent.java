package io.hexai.jpa.benchmarks;

import io.hexai.jpa.event.EventMessage;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Table;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** A row of the event table as somebody would map it who persists events. */
@Entity
@Table(name = "hexai__events")
class PersistedEvent {

    static final String SEQUENCE = "persisted_event_seq";
    static final int ALLOCATION = 50;

    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = SEQUENCE)
    @SequenceGenerator(name = SEQUENCE, sequenceName = SEQUENCE, allocationSize = ALLOCATION)
    Long position;

    @Column(name = "message_type")
    String messageType;

    @JdbcTypeCode(SqlTypes.JSON)
    String headers;

    @JdbcTypeCode(SqlTypes.JSON)
    String payload;

    protected PersistedEvent() {}

    PersistedEvent(OrderPlaced event) {
        EventMessage message = EventMessage.of(event);
        messageType = message.type();
        headers = EventDatabase.MAPPER.writeValueAsString(message.headers());
        payload = EventDatabase.MAPPER.writeValueAsString(message.payload());
    }
}
