/**
 * What Spring Boot configures by itself: the unit of work, the event store, the subscriptions' start and stop, health and metrics.
 *
 * <p>Start reading at {@link io.hexai.jpa.spring.boot.HexaiJpaAutoConfiguration}; {@link
 * io.hexai.jpa.spring.boot.HexaiJpaProperties} is what can be set.
 */
@NullMarked
package io.hexai.jpa.spring.boot;

import org.jspecify.annotations.NullMarked;
