package io.hexai.jpa.transaction;

import org.jspecify.annotations.Nullable;

/**
 * What listeners are told of a transaction or nested scope. Immutable.
 *
 * @param name as given by {@link TransactionOptions#withName(String)}, or null
 * @param attempt the number of the attempt, from 1
 * @param nested true for a savepoint, false for a transaction
 */
public record TransactionInfo(@Nullable String name, int attempt, boolean nested) {

    @Override
    public String toString() {
        return (nested ? "nested scope" : "transaction")
                + (name == null ? "" : " '" + name + "'")
                + (attempt == 1 ? "" : " (attempt " + attempt + ")");
    }
}
