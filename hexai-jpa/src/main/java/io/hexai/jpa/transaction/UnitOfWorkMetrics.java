package io.hexai.jpa.transaction;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Measures a unit of work with Micrometer, which the application brings along: give it to
 * {@link UnitOfWorkBuilder#listener(UnitOfWorkListener)}. Thread-safe.
 *
 * <p>The meters are the timer {@code hexai.transaction} with the tags {@code name}, {@code nested} and {@code outcome}
 * ({@code committed} or {@code rolled back}), and the counters {@code hexai.transaction.retries} and
 * {@code hexai.transaction.hook.failures} with the tag {@code name}. A transaction without a name has the name
 * {@code unnamed}.
 */
public final class UnitOfWorkMetrics implements UnitOfWorkListener {

    private static final String TRANSACTION = "hexai.transaction";

    private final MeterRegistry registry;

    private UnitOfWorkMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /**
     * Creates the listener.
     *
     * @param registry where the meters are registered
     * @return the listener
     */
    @SuppressWarnings("exports") // whoever calls it has Micrometer; nobody else must need it
    public static UnitOfWorkMetrics of(MeterRegistry registry) {
        return new UnitOfWorkMetrics(Objects.requireNonNull(registry, "registry"));
    }

    @Override
    public void committed(TransactionInfo transaction, Duration duration) {
        registry.timer(TRANSACTION, tags(transaction, "committed")).record(duration);
    }

    @Override
    public void rolledBack(TransactionInfo transaction, Duration duration, @Nullable Throwable cause) {
        registry.timer(TRANSACTION, tags(transaction, "rolled back")).record(duration);
    }

    @Override
    public void retried(TransactionInfo transaction, RetryEvent event) {
        registry.counter(TRANSACTION + ".retries", "name", name(transaction)).increment();
    }

    @Override
    public void hookFailed(TransactionInfo transaction, Throwable failure) {
        registry.counter(TRANSACTION + ".hook.failures", "name", name(transaction))
                .increment();
    }

    private static Tags tags(TransactionInfo transaction, String outcome) {
        return Tags.of("name", name(transaction), "nested", String.valueOf(transaction.nested()), "outcome", outcome);
    }

    private static String name(TransactionInfo transaction) {
        String name = transaction.name();
        return name == null ? "unnamed" : name;
    }
}
