package io.hexai.jpa.spring.boot;

import io.hexai.jpa.transaction.UnitOfWorkBuilder;

/** Sets what no property sets of the unit of work that is configured by itself. Implement this as a bean. */
@FunctionalInterface
public interface UnitOfWorkCustomizer {

    /**
     * Changes the builder.
     *
     * @param builder with the properties' values
     */
    void customize(UnitOfWorkBuilder builder);
}
