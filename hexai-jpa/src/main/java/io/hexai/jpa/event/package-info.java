/**
 * The append-only event store: events in the same transaction as the entities, filled by many writers at once and followed
 * by readers that never skip one.
 *
 * <p>Start reading at {@link io.hexai.jpa.event.EventStore}, then {@link io.hexai.jpa.event.PositionStrategy}. In the code,
 * {@code EventWriter} holds the statements that append, {@code EventReader} those that read, and {@code Horizon} what a
 * reader may not pass; {@code EventJson} is the only place that knows how events look as JSON.
 */
@NullMarked
package io.hexai.jpa.event;

import org.jspecify.annotations.NullMarked;
