package io.hexai.jpa.spring.boot;

import io.hexai.jpa.event.EventStoreBuilder;

/** Sets what no property sets of the event store that is configured by itself. Implement this as a bean. */
@FunctionalInterface
public interface EventStoreCustomizer {

    /**
     * Changes the builder.
     *
     * @param builder with the properties' values
     */
    void customize(EventStoreBuilder builder);
}
