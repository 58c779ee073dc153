package io.hexai.jpa.event;

import io.hexai.jpa.transaction.Registration;
import io.hexai.jpa.transaction.ResourceKey;
import io.hexai.jpa.transaction.Transaction;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

/** Who hears of committed appends; costs nothing as long as there is nobody. Thread-safe. */
final class AppendListeners {

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final ResourceKey<Boolean> told = ResourceKey.of("append listeners");

    /** How many transactions of the thread have appended and not ended: more than one if some are suspended. */
    private final ThreadLocal<Integer> appending = ThreadLocal.withInitial(() -> 0);

    Registration add(Runnable listener) {
        Listener added = new Listener(Objects.requireNonNull(listener, "listener"));
        listeners.add(added);
        return () -> listeners.remove(added);
    }

    /** A nested scope that rolls back takes hook and resource along, as it does its appends. */
    void appended(Transaction transaction) {
        if (!listeners.isEmpty()) {
            transaction.resource(told, () -> {
                appending.set(appending.get() + 1);
                transaction.afterRollback(this::ended);
                transaction.afterCommit(() -> {
                    ended();
                    listeners.forEach(listener -> listener.target.run());
                });
                return true;
            });
        }
    }

    private void ended() {
        int left = appending.get() - 1;
        if (left == 0) {
            appending.remove();
        } else {
            appending.set(left);
        }
    }

    /** Whether a transaction of this thread, a suspended one included, has appended; known only if there are listeners. */
    boolean isAppending() {
        return appending.get() > 0;
    }

    private static final class Listener {
        private final Runnable target;

        private Listener(Runnable target) {
            this.target = target;
        }
    }
}
