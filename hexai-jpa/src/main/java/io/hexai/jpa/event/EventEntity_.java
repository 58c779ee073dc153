package io.hexai.jpa.event;

import jakarta.persistence.metamodel.MappedSuperclassType;
import jakarta.persistence.metamodel.SingularAttribute;
import jakarta.persistence.metamodel.StaticMetamodel;
import java.time.Instant;
import org.jspecify.annotations.NullUnmarked;

/**
 * The static metamodel of {@link EventEntity}. Extend this to make that of an event entity; what Hibernate's annotation processor
 * generates does. The persistence provider sets the attributes when it makes a factory. Thread-safe.
 */
@NullUnmarked // set by the provider
@StaticMetamodel(EventEntity.class)
public abstract class EventEntity_ {

    /** The name of {@link EventEntity#getPosition()}. */
    public static final String POSITION = "position";

    /** The name of {@link EventEntity#getMessageType()}. */
    public static final String MESSAGE_TYPE = "messageType";

    /** The name of {@link EventEntity#getHeaders()}. */
    public static final String HEADERS = "headers";

    /** The name of {@link EventEntity#getPayload()}. */
    public static final String PAYLOAD = "payload";

    /** The name of {@link EventEntity#getCreatedAt()}. */
    public static final String CREATED_AT = "createdAt";

    /** The name of {@link EventEntity#getStreamId()}. */
    public static final String STREAM_ID = "streamId";

    /** The name of {@link EventEntity#getStreamVersion()}. */
    public static final String STREAM_VERSION = "streamVersion";

    /** The mapped superclass. */
    public static volatile MappedSuperclassType<EventEntity> class_;

    /** {@link EventEntity#getPosition()}. */
    public static volatile SingularAttribute<EventEntity, Long> position;

    /** {@link EventEntity#getMessageType()}. */
    public static volatile SingularAttribute<EventEntity, String> messageType;

    /** {@link EventEntity#getHeaders()}. */
    public static volatile SingularAttribute<EventEntity, String> headers;

    /** {@link EventEntity#getPayload()}. */
    public static volatile SingularAttribute<EventEntity, String> payload;

    /** {@link EventEntity#getCreatedAt()}. */
    public static volatile SingularAttribute<EventEntity, Instant> createdAt;

    /** {@link EventEntity#getStreamId()}. */
    public static volatile SingularAttribute<EventEntity, String> streamId;

    /** {@link EventEntity#getStreamVersion()}. */
    public static volatile SingularAttribute<EventEntity, Long> streamVersion;

    /** For subclasses. */
    protected EventEntity_() {}
}
