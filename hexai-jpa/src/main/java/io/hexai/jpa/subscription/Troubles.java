package io.hexai.jpa.subscription;

import io.hexai.jpa.event.StoredEvent;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the threads of a subscription are trying again. Thread-safe. */
final class Troubles {

    private static final Logger LOG = LoggerFactory.getLogger(EventSubscription.class);

    private final SubscriptionSettings settings;
    private final Map<Object, SubscriptionFailure> current = new ConcurrentHashMap<>();

    Troubles(SubscriptionSettings settings) {
        this.settings = settings;
    }

    SubscriptionFailure add(Object who, @Nullable StoredEvent event, int attempts, Throwable failure) {
        SubscriptionFailure trouble = describe(event, attempts, failure);
        current.put(who, trouble);
        LOG.warn(
                "Subscription '{}' will try again{}, after attempt {}",
                settings.name(),
                event == null ? "" : " to handle " + event,
                attempts,
                failure);
        settings.tell(listener -> listener.retrying(settings.name(), failure, attempts));
        return trouble;
    }

    SubscriptionFailure describe(@Nullable StoredEvent event, int attempts, Throwable failure) {
        return new SubscriptionFailure(
                settings.clock().instant(),
                event == null ? null : (Long) event.position(),
                event == null ? null : event.type(),
                attempts,
                FailureText.of(failure),
                failure instanceof Error);
    }

    void over(Object who) {
        current.remove(who);
    }

    @Nullable
    SubscriptionFailure worst() {
        return current.values().stream()
                .max(Comparator.comparingInt(SubscriptionFailure::attempts))
                .orElse(null);
    }
}
