/**
 * Puts the unit of work beside its peers: the same nine programs, run by each of them on a real server. What they did is the
 * table in {@code docs/guide/unit-of-work-compared.md}. Start reading at {@link io.hexai.jpa.examples.peers.Failure}.
 */
@NullMarked
package io.hexai.jpa.examples.peers;

import org.jspecify.annotations.NullMarked;
