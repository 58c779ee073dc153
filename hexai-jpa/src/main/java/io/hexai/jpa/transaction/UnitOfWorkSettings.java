package io.hexai.jpa.transaction;

import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** What the builder fixed for all views of a unit of work. */
record UnitOfWorkSettings(
        List<UnitOfWorkListener> listeners,
        Sleeper sleeper,
        Clock clock,
        Duration commitPatience,
        boolean unversionedOptimisticWrites,
        boolean resolveUnknownCommit) {}
