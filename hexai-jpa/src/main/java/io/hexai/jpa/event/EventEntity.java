package io.hexai.jpa.event;

import jakarta.persistence.Column;
import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;
import java.time.Instant;
import org.hibernate.annotations.ColumnDefault;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/**
 * A row of an event table. Extend this to give a bounded context a table of its own:
 *
 * <pre>{@code
 * @Entity
 * @Immutable
 * @Table(name = "my_context_events")
 * public class MyContextEvent extends EventEntity {}
 * }</pre>
 *
 * and name the class in {@link EventStoreBuilder#entity(Class)}. The store takes the names of table and columns from the
 * mapping, and reads and writes the rows by SQL: they do not enter the persistence context. JPQL may query the entity, but
 * knows nothing of what a reader may not pass; follow events by {@link EventStore#fetch(long, int)}.
 */
@MappedSuperclass
public abstract class EventEntity {

    @Id
    @Column(name = "position", updatable = false)
    private @Nullable Long position;

    @Column(name = "message_type", nullable = false, updatable = false, columnDefinition = "text")
    private @Nullable String messageType;

    @JdbcTypeCode(SqlTypes.JSON)
    @Column(name = "headers", nullable = false, updatable = false, columnDefinition = "jsonb")
    private @Nullable String headers;

    @JdbcTypeCode(SqlTypes.JSON)
    @Column(name = "payload", nullable = false, updatable = false, columnDefinition = "jsonb")
    private @Nullable String payload;

    @ColumnDefault("now()")
    @Column(name = "created_at", nullable = false, insertable = false, updatable = false)
    private @Nullable Instant createdAt;

    @Column(name = "stream_id", updatable = false, columnDefinition = "text")
    private @Nullable String streamId;

    @Column(name = "stream_version", updatable = false)
    private @Nullable Long streamVersion;

    /** For JPA. */
    protected EventEntity() {}

    /**
     * Returns the event's position.
     *
     * @return the primary key
     */
    public @Nullable Long getPosition() {
        return position;
    }

    /**
     * Returns the event's type.
     *
     * @return as in {@link EventType}
     */
    public @Nullable String getMessageType() {
        return messageType;
    }

    /**
     * Returns the message's headers.
     *
     * @return JSON
     */
    public @Nullable String getHeaders() {
        return headers;
    }

    /**
     * Returns the payload.
     *
     * @return JSON
     */
    public @Nullable String getPayload() {
        return payload;
    }

    /**
     * Returns when the transaction that stored the event began.
     *
     * @return by the server's clock
     */
    public @Nullable Instant getCreatedAt() {
        return createdAt;
    }

    /**
     * Returns the stream that the event was appended to.
     *
     * @return {@code <category>-<id>}, or null
     */
    public @Nullable String getStreamId() {
        return streamId;
    }

    /**
     * Returns the event's version in its stream.
     *
     * @return 1 or greater, or null
     */
    public @Nullable Long getStreamVersion() {
        return streamVersion;
    }
}
