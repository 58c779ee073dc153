package io.hexai.jpa.event;

import jakarta.data.metamodel.SortableAttribute;
import jakarta.data.metamodel.StaticMetamodel;
import jakarta.data.metamodel.TextAttribute;
import jakarta.data.metamodel.impl.SortableAttributeRecord;
import jakarta.data.metamodel.impl.TextAttributeRecord;

/**
 * The static metamodel of {@link EventEntity} for Jakarta Data, which those of its subclasses extend. It needs the API of Jakarta Data,
 * which the library itself does not bring. Immutable.
 */
@SuppressWarnings("exports") // of an optional module, which whoever extends this requires
@StaticMetamodel(EventEntity.class)
public interface _EventEntity {

    /** The name of {@link EventEntity#getPosition()}. */
    String POSITION = "position";

    /** The name of {@link EventEntity#getMessageType()}. */
    String MESSAGE_TYPE = "messageType";

    /** The name of {@link EventEntity#getHeaders()}. */
    String HEADERS = "headers";

    /** The name of {@link EventEntity#getPayload()}. */
    String PAYLOAD = "payload";

    /** The name of {@link EventEntity#getCreatedAt()}. */
    String CREATED_AT = "createdAt";

    /** The name of {@link EventEntity#getStreamId()}. */
    String STREAM_ID = "streamId";

    /** The name of {@link EventEntity#getStreamVersion()}. */
    String STREAM_VERSION = "streamVersion";

    /** {@link EventEntity#getPosition()}. */
    SortableAttribute<EventEntity> position = new SortableAttributeRecord<>(POSITION);

    /** {@link EventEntity#getMessageType()}. */
    TextAttribute<EventEntity> messageType = new TextAttributeRecord<>(MESSAGE_TYPE);

    /** {@link EventEntity#getHeaders()}. */
    TextAttribute<EventEntity> headers = new TextAttributeRecord<>(HEADERS);

    /** {@link EventEntity#getPayload()}. */
    TextAttribute<EventEntity> payload = new TextAttributeRecord<>(PAYLOAD);

    /** {@link EventEntity#getCreatedAt()}. */
    SortableAttribute<EventEntity> createdAt = new SortableAttributeRecord<>(CREATED_AT);

    /** {@link EventEntity#getStreamId()}. */
    TextAttribute<EventEntity> streamId = new TextAttributeRecord<>(STREAM_ID);

    /** {@link EventEntity#getStreamVersion()}. */
    SortableAttribute<EventEntity> streamVersion = new SortableAttributeRecord<>(STREAM_VERSION);
}
