package io.hexai.jpa.subscription;

import io.hexai.jpa.event.DatabaseEventStore;
import io.hexai.jpa.internal.OncePerFactory;
import io.hexai.jpa.transaction.Registration;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.UnitOfWork;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.EvictEvent;
import org.hibernate.event.spi.EvictEventListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all subscriptions over a factory share: their names, one connection to listen on, and a unit of work that no hook and
 * no listener of the application's sees. Kept by the factory, in the disguise of a listener of what seldom
 * happens. Thread-safe.
 */
final class FactorySubscriptions implements EvictEventListener {

    private static final long serialVersionUID = 1L;

    private static final Logger LOG = LoggerFactory.getLogger(EventSubscription.class);

    /** Whatever is done again begins by reading how far it came; and nobody waits while a lease runs out. */
    private static final Duration COMMIT_PATIENCE = Duration.ofMillis(500);

    private static final Duration ECHO_WITHIN = Duration.ofSeconds(10);

    private final transient SessionFactoryImplementor factory;
    private final transient UnitOfWork unitOfWork;
    private final transient WakeUps wakeUps;
    private final transient Map<String, Integer> started = new TreeMap<>();
    private transient @Nullable NotificationListener listening;

    private FactorySubscriptions(SessionFactoryImplementor factory) {
        this.factory = factory;
        this.unitOfWork =
                UnitOfWork.builder(factory).commitPatience(COMMIT_PATIENCE).build();
        this.wakeUps = new WakeUps(unitOfWork);
    }

    static FactorySubscriptions of(UnitOfWork unitOfWork) {
        SessionFactoryImplementor factory = unitOfWork
                .with(TransactionOptions.defaults())
                .call(entityManager -> entityManager.getEntityManagerFactory().unwrap(SessionFactoryImplementor.class));
        return OncePerFactory.listener(
                factory, EventType.EVICT, FactorySubscriptions.class, () -> new FactorySubscriptions(factory));
    }

    SessionFactoryImplementor factory() {
        return factory;
    }

    UnitOfWork unitOfWork() {
        return unitOfWork;
    }

    WakeUps wakeUps() {
        return wakeUps;
    }

    Registration announceAppends(DatabaseEventStore store) {
        String table = store.table();
        return store.onAppended(() -> wakeUps.appended(table));
    }

    synchronized void start(String name, int partitions) {
        if (started.putIfAbsent(name, partitions) != null) {
            throw new IllegalStateException("This process has started a subscription '" + name
                    + "' already, over the same factory. Close that one first, or give this one its own name.");
        }
        PoolSize.check(factory, started);
        if (listening == null) {
            ListenConnections connections = ListenConnections.of(factory);
            if (connections == null) {
                LOG.info("The factory's connections come from no known kind of pool: subscriptions hear of what other"
                        + " processes store by polling only");
            } else {
                listening = new NotificationListener(connections, wakeUps, ECHO_WITHIN);
                new DaemonThreads("hexai-subscription-listener")
                        .newThread(listening)
                        .start();
            }
        }
    }

    synchronized void end(String name) {
        started.remove(name);
        if (started.isEmpty() && listening != null) {
            listening.stop();
            listening = null;
        }
    }

    @Override
    public void onEvict(EvictEvent event) {}
}
