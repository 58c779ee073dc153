/**
 * What the library costs beside plain JPA and JDBC.
 *
 * <p>{@code benchmarks/run} runs all benchmarks; its arguments are JMH's: {@code benchmarks/run EventAppend -f 1 -wi 3 -i 5}.
 */
@NullMarked
package io.hexai.jpa.benchmarks;

import org.jspecify.annotations.NullMarked;
