/**
 * Followers of an event store: named, with a checkpoint that moves in the same transaction as what their handlers do, one
 * active instance among many processes, retries, dead letters and rebuilding.
 *
 * <p>Start reading at {@link io.hexai.jpa.subscription.EventSubscription}. In the code, {@code Coordinator} decides who owns
 * a subscription and what its threads do, {@code EventPump} brings one partition's events to the handlers, and
 * {@code Delivery} is the transaction in which they run.
 */
@NullMarked
package io.hexai.jpa.subscription;

import org.jspecify.annotations.NullMarked;
