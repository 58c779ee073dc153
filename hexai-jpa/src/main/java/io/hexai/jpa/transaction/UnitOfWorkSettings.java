package io.hexai.jpa.transaction;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the builder fixed for all views of a unit of work. */
record UnitOfWorkSettings(
        List<UnitOfWorkListener> listeners,
        Sleeper sleeper,
        Clock clock,
        Duration commitPatience,
        boolean unversionedOptimisticWrites,
        boolean resolveUnknownCommit,
        @Nullable TransactionHost host) {}
