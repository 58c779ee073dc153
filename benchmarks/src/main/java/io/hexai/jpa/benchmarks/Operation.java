package io.hexai.jpa.benchmarks;

import org.jspecify.annotations.Nullable;

/** What a contestant does over and over; the result is taken from it, so that none of the work can be left out. */
@FunctionalInterface
interface Operation {

    @Nullable
    Object run() throws Exception;
}
