package io.hexai.jpa.subscription;

import io.hexai.jpa.event.DatabaseEventStore;
import io.hexai.jpa.event.EventFilter;
import io.hexai.jpa.transaction.TransactionOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the builder was told. */
record SubscriptionSettings(
        String name,
        DatabaseEventStore store,
        StartPosition start,
        Handlers handlers,
        EventFilter filter,
        PoisonPolicy poison,
        @Nullable RebuildAction onRebuild,
        List<String> readModel,
        int version,
        int partitions,
        int batchSize,
        Duration pollInterval,
        Duration lease,
        Duration closeTimeout,
        Duration heldBackWarning,
        UnaryOperator<TransactionOptions> transaction,
        ThreadFactory threads,
        List<SubscriptionListener> listeners,
        Clock clock) {

    private static final Logger LOG = LoggerFactory.getLogger(EventSubscription.class);

    boolean canRebuild() {
        return onRebuild != null || !readModel.isEmpty();
    }

    EventFilter filter(int partition, int ofPartitions) {
        return ofPartitions == 1 ? filter : filter.withPartition(partition, ofPartitions);
    }

    void tell(Consumer<SubscriptionListener> event) {
        for (SubscriptionListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (Throwable e) {
                LOG.warn("A listener of subscription '{}' failed: {}", name, listener, e);
            }
        }
    }
}
