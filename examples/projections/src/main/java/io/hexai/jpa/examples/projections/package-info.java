/**
 * An example: two processes follow one event store, and one of them is killed. Start at {@link
 * io.hexai.jpa.examples.projections.Projections}.
 */
@NullMarked
package io.hexai.jpa.examples.projections;

import org.jspecify.annotations.NullMarked;
