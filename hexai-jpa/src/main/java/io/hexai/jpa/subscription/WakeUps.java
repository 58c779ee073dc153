package io.hexai.jpa.subscription;

import io.hexai.jpa.transaction.UnitOfWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.hibernate.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says and hears that there is something to do: within the process at once, to other processes by NOTIFY.
 *
 * <p>An append is announced after its commit, by a thread of its own, in a transaction of its own: a NOTIFY inside a
 * transaction would make its commit wait for all others that notify. The announcement waits for no disk: it need not
 * survive a crash. While one announcement is under way, any number of appends
 * wait for the next together. Thread-safe.
 */
final class WakeUps {

    static final String CHANNEL = "hexai__subscriptions";

    private static final Logger LOG = LoggerFactory.getLogger(EventSubscription.class);
    private static final String EVENTS = "events ";
    private static final String SUBSCRIPTION = "subscription ";
    private static final String CALL = "call ";
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final UnitOfWork unitOfWork;
    private final String process = UUID.randomUUID().toString();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final Set<String> announced = ConcurrentHashMap.newKeySet();
    private final ThreadPoolExecutor announcing;

    /** Who is woken. */
    interface Listener {

        String table();

        String subscription();

        void eventsStored();

        void told();
    }

    WakeUps(UnitOfWork unitOfWork) {
        this.unitOfWork = unitOfWork;
        this.announcing = new ThreadPoolExecutor(
                1, 1, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), new DaemonThreads("hexai-append-announcer"));
        announcing.allowCoreThreadTimeOut(true);
    }

    void add(Listener listener) {
        listeners.add(listener);
    }

    void remove(Listener listener) {
        listeners.remove(listener);
    }

    static String ofSubscription(String name) {
        return SUBSCRIPTION + name;
    }

    static void send(Connection connection, String message) throws SQLException {
        Jdbc.list(connection, "SELECT pg_notify(?, ?)", row -> true, CHANNEL, message);
    }

    /** Called after a commit with events in a table; returns at once. */
    void appended(String table) {
        wakeFollowersOf(table);
        if (announced.add(table)) {
            announcing.execute(() -> announce(table));
        }
    }

    private void announce(String table) {
        announced.remove(table);
        try {
            unitOfWork.run(entityManager -> entityManager.unwrap(Session.class).doWork(connection -> {
                Jdbc.list(connection, "SELECT set_config('synchronous_commit', 'off', true)", row -> true);
                send(connection, EVENTS + process + " " + table);
            }));
        } catch (RuntimeException e) {
            LOG.debug("Other processes were not told of new events; they will find them by polling", e);
        }
        LockSupport.parkNanos(PAUSE_NANOS);
    }

    /** Says what is only to be heard. Returns false if it could not be said. */
    boolean call() {
        try {
            unitOfWork.run(entityManager ->
                    entityManager.unwrap(Session.class).doWork(connection -> send(connection, CALL + process)));
            return true;
        } catch (RuntimeException e) {
            LOG.debug("Whether notifications are heard could not be found out", e);
            return false;
        }
    }

    void heard(String message) {
        if (message.startsWith(EVENTS)) {
            int table = message.indexOf(' ', EVENTS.length()) + 1;
            if (!message.startsWith(process, EVENTS.length())) {
                wakeFollowersOf(message.substring(table));
            }
        } else if (message.startsWith(SUBSCRIPTION)) {
            tell(message.substring(SUBSCRIPTION.length()));
        }
    }

    private void wakeFollowersOf(String table) {
        for (Listener listener : listeners) {
            if (listener.table().equals(table)) {
                listener.eventsStored();
            }
        }
    }

    void tell(String subscription) {
        for (Listener listener : listeners) {
            if (listener.subscription().equals(subscription)) {
                listener.told();
            }
        }
    }

    /** Something may have been missed while nobody listened. */
    void wakeAll() {
        for (Listener listener : listeners) {
            listener.eventsStored();
            listener.told();
        }
    }
}
