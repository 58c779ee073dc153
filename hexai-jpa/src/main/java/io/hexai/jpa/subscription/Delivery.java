package io.hexai.jpa.subscription;

import io.hexai.jpa.event.CurrentMessage;
import io.hexai.jpa.event.EventMessage;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.RetryPolicy;
import io.hexai.jpa.transaction.TransactionMode;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.Set;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;

/**
 * Hands events to the handlers in one transaction, which also moves the checkpoint. Thread-safe, but for what a
 * {@link Progress} tells.
 */
final class Delivery {

    private final SubscriptionSettings settings;
    private final Checkpoints checkpoints;
    private final DeadLetterRows deadLetters;
    private final UnitOfWork passing;
    private final UnitOfWork handling;

    /** Where there is nothing to handle, a unit of work is used that no hook of the application's sees. */
    Delivery(SubscriptionSettings settings, Checkpoints checkpoints, DeadLetterRows deadLetters, UnitOfWork passing) {
        this.passing = passing;
        this.settings = settings;
        this.checkpoints = checkpoints;
        this.deadLetters = deadLetters;
        this.handling = settings.store()
                .unitOfWork()
                .with(settings.transaction()
                        .apply(TransactionOptions.defaults().withName("subscription " + settings.name()))
                        .withPropagation(Propagation.NEW)
                        .withMode(TransactionMode.SPANNING)
                        .withReadOnly(false)
                        .withRetry(RetryPolicy.none()));
    }

    /** Which event is being handled, for whoever catches its failure. Confined to its thread. */
    static final class Progress {
        private @Nullable StoredEvent event;

        @Nullable
        StoredEvent event() {
            return event;
        }
    }

    /** Where events go: whose checkpoint moves, and which tables unqualified names mean. */
    record Target(Term term, long generation, int partition, ShadowSchema shadow) {}

    /** From where the checkpoint moves, as far as the caller knows, and to where. */
    record Move(long from, long upTo) {}

    UnitOfWork handling() {
        return handling;
    }

    Checkpoints checkpoints() {
        return checkpoints;
    }

    DeadLetterRows deadLetters() {
        return deadLetters;
    }

    /** Handles the events behind the checkpoint, and moves it. Failures pass as they are. */
    void deliver(Target target, List<StoredEvent> events, Move move, Progress progress) throws Exception {
        if (events.size() == 1) {
            // What is stored at the commit, by hooks or drains, has a cause as well.
            EventMessage message = events.get(0).message();
            CurrentMessage.<Exception>run(message, () -> deliverInTransaction(target, events, move, progress));
        } else {
            deliverInTransaction(target, events, move, progress);
        }
    }

    private void deliverInTransaction(Target target, List<StoredEvent> events, Move move, Progress progress)
            throws Exception {
        progress.event = null;
        inTransaction(handling, target, move, (entityManager, done) -> {
            Set<String> parked = parkedStreams(entityManager, target, events);
            for (StoredEvent event : events) {
                if (event.position() > done) {
                    progress.event = event;
                    if (event.streamId() != null
                            && parked.contains(event.streamId().toString())) {
                        park(entityManager, target, event, 0, null);
                    } else {
                        handle(event, events.size() > 1);
                    }
                }
            }
            if (events.size() > 1) {
                // What the flush or the commit says is of none of them.
                progress.event = null;
            }
        });
        progress.event = null;
    }

    /** Moves the checkpoint past what nobody handles. */
    void pass(Target target, Move move) throws Exception {
        inTransaction(passing, target, move, (entityManager, done) -> {});
    }

    /** Brings the read model to its state before the first event. */
    void prepare(Target target, RebuildAction action, long position) throws Exception {
        inTransaction(
                handling, target, new Move(position, position), (entityManager, done) -> action.run(entityManager));
    }

    /** Makes an event a dead letter, and moves the checkpoint. */
    void park(Target target, StoredEvent event, Move move, int attempts, Throwable failure) throws Exception {
        inTransaction(handling, target, move, (entityManager, done) -> {
            if (event.position() > done) {
                park(entityManager, target, event, attempts, FailureText.of(failure));
            }
        });
    }

    /** What is done with an entity manager for events behind the checkpoint. */
    @FunctionalInterface
    interface Work {
        void run(EntityManager entityManager, long done) throws Exception;
    }

    private void inTransaction(UnitOfWork unitOfWork, Target target, Move move, Work work) throws Exception {
        boolean[] committed = {false};
        unitOfWork.<Exception>run(entityManager -> {
            unitOfWork.current().afterCommit(() -> committed[0] = true);
            long done = begin(entityManager, target);
            if (done < move.from()) {
                throw new LostOwnershipException("somebody has moved the checkpoint back");
            }
            work.run(entityManager, done);
            // The changes first, so that the checkpoint is locked for as short as can be.
            entityManager.flush();
            entityManager.unwrap(Session.class).doWork(connection -> {
                target.shadow().requireUntouched(connection);
                checkpoints.advance(
                        connection, target.term(), target.generation(), target.partition(), done, move.upTo());
            });
        });
        if (!committed[0]) {
            throw new HandlingPreventedException();
        }
    }

    long begin(EntityManager entityManager, Target target) {
        return entityManager.unwrap(Session.class).doReturningWork(connection -> {
            long position = checkpoints.begin(connection, target.term(), target.generation(), target.partition());
            target.shadow().enter(connection);
            return position;
        });
    }

    /** Of several events in one transaction, each is stored as the cause of what it has raised before the next one. */
    void handle(StoredEvent event, boolean amongOthers) throws Exception {
        CurrentMessage.<Exception>run(event.message(), () -> {
            settings.handlers().handle(event);
            if (amongOthers) {
                settings.store().storeRaised();
            }
        });
    }

    private Set<String> parkedStreams(EntityManager entityManager, Target target, List<StoredEvent> events) {
        return settings.poison().isParkingFollowers()
                ? entityManager
                        .unwrap(Session.class)
                        .doReturningWork(
                                connection -> deadLetters.parkedStreams(connection, target.generation(), events))
                : Set.of();
    }

    void park(EntityManager entityManager, Target target, StoredEvent event, int attempts, @Nullable String failure) {
        entityManager
                .unwrap(Session.class)
                .doWork(connection -> deadLetters.park(connection, target.generation(), event, attempts, failure));
    }
}
