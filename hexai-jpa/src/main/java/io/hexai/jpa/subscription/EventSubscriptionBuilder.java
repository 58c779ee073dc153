package io.hexai.jpa.subscription;

import io.hexai.jpa.event.DatabaseEventStore;
import io.hexai.jpa.event.EventFilter;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.transaction.TransactionOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Builds an {@link EventSubscription}. Not thread-safe. */
public final class EventSubscriptionBuilder {

    private static final int MAX_NAME = 200;

    private final String name;
    private final DatabaseEventStore store;
    private final Map<Class<?>, EventHandler<Object>> handlers = new LinkedHashMap<>();
    private final List<Object> readModel = new ArrayList<>();
    private final List<SubscriptionListener> listeners = new ArrayList<>();
    private @Nullable EventHandler<Object> any;
    private String @Nullable [] categories;
    private StartPosition start = StartPosition.beginning();
    private PoisonPolicy poison = PoisonPolicy.stop();
    private @Nullable RebuildAction onRebuild;
    private int version = 1;
    private int partitions = 1;
    private int batchSize = 100;
    private Duration pollInterval = Duration.ofMillis(500);
    private Duration lease = Duration.ofSeconds(3);
    private Duration closeTimeout = Duration.ofSeconds(30);
    private Duration heldBackWarning = Duration.ofSeconds(10);
    private UnaryOperator<TransactionOptions> transaction = UnaryOperator.identity();
    private @Nullable ThreadFactory threads;
    private Clock clock = Clock.systemUTC();

    EventSubscriptionBuilder(EventStore store, String name) {
        if (name.isBlank() || name.length() > MAX_NAME || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("A subscription needs a name of at most " + MAX_NAME
                    + " characters that is not blank and has no character U+0000: its checkpoint is kept under it.");
        }
        this.name = name;
        this.store = inDatabase(store);
    }

    static DatabaseEventStore inDatabase(EventStore store) {
        Objects.requireNonNull(store, "store");
        if (store instanceof DatabaseEventStore inDatabase) {
            return inDatabase;
        }
        throw new IllegalArgumentException(
                "Subscriptions need a store that EventStore.builder(…) made, in whose database they"
                        + " keep their checkpoints, but were given "
                        + store.getClass().getName() + ".");
    }

    /**
     * Sets where a subscription begins that has no checkpoint yet.
     *
     * @param position by default {@link StartPosition#beginning()}
     * @return this builder
     */
    public EventSubscriptionBuilder startAt(StartPosition position) {
        this.start = Objects.requireNonNull(position, "startAt");
        return this;
    }

    /**
     * Sets the handler of a class of events, or of all registered classes below an interface or a superclass. Each event
     * has at most one such handler. Events without any are passed over in the database; the checkpoint goes on all the same.
     *
     * @param type a registered class, or a supertype of some
     * @param handler called with each such event
     * @param <T> the class
     * @return this builder
     */
    public <T> EventSubscriptionBuilder on(Class<T> type, EventHandler<? super T> handler) {
        Objects.requireNonNull(handler, "handler");
        EventHandler<Object> cast = (payload, event) -> handler.handle(type.cast(payload), event);
        if (handlers.put(type, cast) != null) {
            throw new IllegalArgumentException(
                    "Subscription '" + name + "' has two handlers on(" + type.getSimpleName() + ").");
        }
        return this;
    }

    /**
     * Sets a handler of all events, called after the one of the event's class if there is one.
     *
     * @param handler called with each event; the payload of an unregistered type is a {@code JsonNode}
     * @return this builder
     */
    public EventSubscriptionBuilder onAny(EventHandler<Object> handler) {
        if (any != null) {
            throw new IllegalArgumentException("Subscription '" + name + "' has two handlers onAny(…).");
        }
        this.any = Objects.requireNonNull(handler, "handler");
        return this;
    }

    /**
     * Restricts the subscription to events of streams of some categories.
     *
     * @param only as in {@link io.hexai.jpa.event.StreamId#category()}
     * @return this builder
     */
    public EventSubscriptionBuilder categories(String... only) {
        this.categories = only.clone();
        return this;
    }

    /**
     * Makes the subscription rebuildable: what brings the read model to its state before the first event, usually by deleting
     * all of it. Without {@link #readModel(String...)} it runs in one transaction with the handling of all events up to now,
     * so readers see the old state until that commits. Delete by DELETE then: TRUNCATE would lock them out.
     *
     * @param action run at the begin of a rebuild
     * @return this builder
     */
    public EventSubscriptionBuilder onRebuild(RebuildAction action) {
        this.onRebuild = Objects.requireNonNull(action, "onRebuild");
        return this;
    }

    /**
     * Makes the subscription rebuildable in the shadow: handlers fill copies of these tables, in transactions of ordinary size,
     * while the subscription goes on with the tables themselves; at the end one transaction makes the contents of the tables
     * those of the copies. The copies have the names of the tables, in a schema of their own that comes first in the search
     * path: handlers must not name a schema. Takes the right to create schemas.
     *
     * @param tables all the tables that the handlers write, in their own case
     * @return this builder
     */
    public EventSubscriptionBuilder readModel(String... tables) {
        readModel.addAll(List.of(tables));
        return this;
    }

    /**
     * Makes the subscription rebuildable in the shadow, as {@link #readModel(String...)} does.
     *
     * @param entities the entities that the handlers write; their tables, with those of their collections, are the read model
     * @return this builder
     */
    public EventSubscriptionBuilder readModel(Class<?>... entities) {
        readModel.addAll(List.of(entities));
        return this;
    }

    /**
     * Sets the version of the handlers. A process with a higher one than the database knows rebuilds when it becomes the active
     * one, and from then on no process with a lower one takes over.
     *
     * @param number by default 1
     * @return this builder
     */
    public EventSubscriptionBuilder version(int number) {
        this.version = positive("version", number);
        return this;
    }

    /**
     * Handles events on several threads, in order within each stream. All events of a stream are in the same partition, and
     * those without a stream are in one. Each partition has a checkpoint of its own. The number may be changed: when a process
     * with another one becomes the active one, the partitions first come to the same position.
     *
     * @param number by default 1
     * @return this builder
     */
    public EventSubscriptionBuilder partitions(int number) {
        this.partitions = positive("number of partitions", number);
        return this;
    }

    /**
     * Sets how many events a transaction handles at most. If it fails, each of them gets a transaction of its own.
     *
     * @param events by default 100
     * @return this builder
     */
    public EventSubscriptionBuilder batchSize(int events) {
        this.batchSize = positive("batch size", events);
        return this;
    }

    /**
     * Sets what becomes of events whose handler keeps failing.
     *
     * @param policy by default {@link PoisonPolicy#stop()}
     * @return this builder
     */
    public EventSubscriptionBuilder onPoison(PoisonPolicy policy) {
        this.poison = Objects.requireNonNull(policy, "onPoison");
        return this;
    }

    /**
     * Sets how often to look for new events when nothing says that there are any.
     *
     * @param interval by default 500 milliseconds
     * @return this builder
     */
    public EventSubscriptionBuilder pollInterval(Duration interval) {
        this.pollInterval = positive("poll interval", interval);
        return this;
    }

    /**
     * Sets for how long the active instance may be silent until another takes over. It renews the lease three times as often.
     *
     * @param duration by default 3 seconds
     * @return this builder
     */
    public EventSubscriptionBuilder lease(Duration duration) {
        this.lease = positive("lease", duration);
        return this;
    }

    /**
     * Sets how long {@link EventSubscription#close()} waits for a handler, before it interrupts it; and for how long an instance that
     * has lost the subscription to another one, before it may own it again.
     *
     * @param timeout by default 30 seconds
     * @return this builder
     */
    public EventSubscriptionBuilder closeTimeout(Duration timeout) {
        this.closeTimeout = positive("close timeout", timeout);
        return this;
    }

    /**
     * Sets for how long a running transaction may hold the events back until the log warns of it.
     *
     * @param age by default 10 seconds
     * @return this builder
     */
    public EventSubscriptionBuilder heldBackWarning(Duration age) {
        this.heldBackWarning = positive("age to warn at", age);
        return this;
    }

    /**
     * Changes the options of the transactions in which the handlers run: their isolation, their timeouts. Propagation, retry and
     * mode stay as they are.
     *
     * @param change applied once, to options named like the subscription
     * @return this builder
     */
    public EventSubscriptionBuilder transaction(UnaryOperator<TransactionOptions> change) {
        this.transaction = Objects.requireNonNull(change, "transaction");
        return this;
    }

    /**
     * Sets what makes the threads: one for each partition, and one or two more.
     *
     * @param factory by default daemon threads with the subscription's name; virtual threads will do
     * @return this builder
     */
    public EventSubscriptionBuilder threads(ThreadFactory factory) {
        this.threads = Objects.requireNonNull(factory, "threads");
        return this;
    }

    /**
     * Adds a listener.
     *
     * @param listener called in the order of addition
     * @return this builder
     */
    public EventSubscriptionBuilder listener(SubscriptionListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    /**
     * Sets the clock by which the age of events is told.
     *
     * @param newClock by default the system's
     * @return this builder
     */
    public EventSubscriptionBuilder clock(Clock newClock) {
        this.clock = Objects.requireNonNull(newClock, "clock");
        return this;
    }

    /**
     * Creates the subscription. It borrows no connection, and does nothing until it is started.
     *
     * @return the subscription
     * @throws IllegalArgumentException if it has no handler or two for one event, if a class is not registered, or if the
     *     persistence unit lacks an entity
     */
    public EventSubscription build() {
        Handlers assigned = new Handlers(Handlers.assigned(name, store.types(), handlers), any);
        if (handlers.isEmpty() && any == null) {
            throw new IllegalArgumentException(
                    "Subscription '" + name + "' has no handler: add some with on(…) or onAny(…).");
        }
        if (version > 1 && onRebuild == null && readModel.isEmpty()) {
            throw new IllegalArgumentException("Subscription '" + name + "' has version " + version
                    + ", so it must be told how to rebuild: by onRebuild(…) or readModel(…).");
        }
        EventFilter filter = assigned.filter();
        FactorySubscriptions factory = FactorySubscriptions.of(store.unitOfWork());
        SubscriptionSettings settings = new SubscriptionSettings(
                name,
                store,
                start,
                assigned,
                categories == null ? filter : filter.withCategories(categories),
                poison,
                onRebuild,
                ReadModelTables.of(factory.factory(), name, readModel),
                version,
                partitions,
                batchSize,
                pollInterval,
                lease,
                closeTimeout,
                heldBackWarning,
                transaction,
                threads == null ? new DaemonThreads("hexai-subscription-" + name) : threads,
                List.copyOf(listeners),
                clock);
        return new LeasedSubscription(settings, factory);
    }

    private int positive(String what, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(
                    "The " + what + " of subscription '" + name + "' must be at least 1, but is " + value + ".");
        }
        return value;
    }

    private Duration positive(String what, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(
                    "The " + what + " of subscription '" + name + "' must be positive, but is " + value + ".");
        }
        return value;
    }
}
