package io.hexai.jpa.spring.boot;

import io.hexai.jpa.subscription.EventSubscription;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Starts the event subscriptions among the beans when all else runs, and ends them before anything else stops: each finishes the
 * events that it is at. What was closed does not start again.
 */
final class SubscriptionLifecycle implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(SubscriptionLifecycle.class);

    private final ListableBeanFactory beans;
    private final boolean autoStart;
    private volatile List<EventSubscription> started = List.of();
    private volatile boolean running;

    SubscriptionLifecycle(ListableBeanFactory beans, boolean autoStart) {
        this.beans = beans;
        this.autoStart = autoStart;
    }

    @Override
    public boolean isAutoStartup() {
        return autoStart;
    }

    @Override
    public void start() {
        running = true;
        started = List.copyOf(beans.getBeansOfType(EventSubscription.class).values());
        started.forEach(EventSubscription::start);
    }

    /** All at the same time, since each may wait for its handler. */
    @Override
    public void stop() {
        List<Thread> closing =
                started.stream().map(SubscriptionLifecycle::closeInBackground).toList();
        started = List.of();
        for (Thread thread : closing) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        running = false;
    }

    private static Thread closeInBackground(EventSubscription subscription) {
        Thread thread = new Thread(() -> close(subscription), "hexai-subscription-stop");
        thread.start();
        return thread;
    }

    private static void close(EventSubscription subscription) {
        try {
            subscription.close();
        } catch (RuntimeException e) {
            LOG.warn("An event subscription could not be closed: {}", subscription, e);
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
