package io.hexai.jpa.subscription;

import io.hexai.jpa.event.DatabaseEventStore;
import io.hexai.jpa.event.EventAppender;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the log, once each, of transactions that hold the events back for long. Confined to the coordinator's thread. */
final class HeldBackWarning {

    private static final Logger LOG = LoggerFactory.getLogger(EventSubscription.class);

    private final SubscriptionSettings settings;
    private final DatabaseEventStore reading;
    private Set<Integer> warnedOf = Set.of();
    private long checked = System.nanoTime();

    HeldBackWarning(SubscriptionSettings settings, DatabaseEventStore reading) {
        this.settings = settings;
        this.reading = reading;
    }

    void check() {
        long now = System.nanoTime();
        if (now - checked < settings.heldBackWarning().toNanos() / 4) {
            return;
        }
        checked = now;
        Set<Integer> old = new HashSet<>();
        for (EventAppender appender : reading.appenders()) {
            if (appender.age().compareTo(settings.heldBackWarning()) > 0) {
                old.add(appender.processId());
                if (!warnedOf.contains(appender.processId())) {
                    warn(appender);
                }
            }
        }
        warnedOf = old;
    }

    private void warn(EventAppender appender) {
        LOG.warn(
                "Subscription '{}' gets no events behind position {}: server process {} ('{}') has appended events in a"
                        + " transaction that has been running for {}",
                settings.name(),
                appender.before(),
                appender.processId(),
                appender.applicationName(),
                appender.age());
    }
}
