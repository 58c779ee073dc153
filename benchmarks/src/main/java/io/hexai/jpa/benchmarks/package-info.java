/**
 * What the library costs beside plain JPA and JDBC, and beside its peers.
 *
 * <p>{@code benchmarks/run} runs the comparisons. {@link io.hexai.jpa.benchmarks.Comparisons} lists them; each is a
 * {@link io.hexai.jpa.benchmarks.Comparison}, what is said about it, and a {@link io.hexai.jpa.benchmarks.Contest}, what is done.
 * JMH measures; {@link io.hexai.jpa.benchmarks.TakingTurns} lets the contestants alternate. Start reading at
 * {@link io.hexai.jpa.benchmarks.SmallUnits}.
 */
@NullMarked
package io.hexai.jpa.benchmarks;

import org.jspecify.annotations.NullMarked;
