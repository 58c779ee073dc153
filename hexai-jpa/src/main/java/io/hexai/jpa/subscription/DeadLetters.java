package io.hexai.jpa.subscription;

import io.hexai.jpa.event.CurrentMessage;
import io.hexai.jpa.event.DatabaseEventStore;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.transaction.UnitOfWork;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;

/** The events that a subscription has parked: a live view. Thread-safe; any process may use it. */
public final class DeadLetters {

    private static final int PAGE = 100;

    private final SubscriptionSettings settings;
    private final SubscriptionRows rows;
    private final DatabaseEventStore reading;
    private final DeadLetterRows letters;
    private final UnitOfWork handling;

    DeadLetters(SubscriptionSettings settings, SubscriptionRows rows, DatabaseEventStore reading, Delivery delivery) {
        this.settings = settings;
        this.rows = rows;
        this.reading = reading;
        this.letters = delivery.deadLetters();
        this.handling = delivery.handling();
    }

    /**
     * Counts them.
     *
     * @return how many there are
     */
    public long count() {
        return rows.call(connection -> letters.count(connection, generation()));
    }

    /**
     * Lists the first of them.
     *
     * @param limit how many at most, 1 or greater
     * @return by position
     */
    public List<DeadLetter> list(int limit) {
        return list(0, limit);
    }

    /**
     * Lists those after a position.
     *
     * @param after 0 for the first ones, or the position of the last one listed
     * @param limit how many at most, 1 or greater
     * @return by position
     */
    public List<DeadLetter> list(long after, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("The limit must be at least 1, but is " + limit + ".");
        }
        return rows.call(connection -> letters.list(connection, generation(), after, limit));
    }

    /**
     * Handles a parked event now, on this thread, and forgets it, in one transaction.
     *
     * @param position of the event
     * @return false if it is no dead letter any more, and nothing was done
     * @throws ReplayFailedException if its handler fails again; an {@link Error} is counted as well, and passes as it is
     */
    public boolean replay(long position) {
        long generation = generation();
        DeadLetter[] letter = {null};
        try {
            return replay(position, generation, letter);
        } catch (Exception e) {
            DeadLetter failed = letter[0];
            if (failed == null) {
                throw e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
            }
            count(generation, position, e);
            throw new ReplayFailedException(failed, e);
        } catch (Error e) {
            if (letter[0] != null) {
                count(generation, position, e);
            }
            throw e;
        }
    }

    /** Whatever goes wrong here must not take the place of the failure. */
    private void count(long generation, long position, Throwable failure) {
        try {
            rows.call(connection -> {
                letters.failed(connection, generation, position, FailureText.of(failure));
                return true;
            });
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private boolean replay(long position, long generation, @Nullable DeadLetter[] found) throws Exception {
        StoredEvent event = reading.fetch(position - 1, 1).events().stream()
                .filter(read -> read.position() == position)
                .findFirst()
                .orElse(null);
        if (event == null) {
            return false;
        }
        boolean[] committed = {false};
        boolean replayed = CurrentMessage.<Boolean, Exception>call(
                event.message(),
                () -> handling.<Boolean, Exception>call(entityManager -> {
                    handling.current().afterCommit(() -> committed[0] = true);
                    Session session = entityManager.unwrap(Session.class);
                    DeadLetter letter =
                            session.doReturningWork(connection -> letters.lock(connection, generation, position));
                    if (letter == null) {
                        return false;
                    }
                    found[0] = letter;
                    settings.handlers().handle(event);
                    entityManager.flush();
                    return session.doReturningWork(connection -> letters.remove(connection, generation, position));
                }));
        if (!committed[0]) {
            throw new HandlingPreventedException();
        }
        return replayed;
    }

    /**
     * Handles the events that are parked at this moment, each in a transaction of its own. One that fails again stays, and with
     * it the later ones of its stream.
     *
     * @return the positions of those that stay
     */
    public List<Long> replayAll() {
        List<Long> failed = new ArrayList<>();
        Set<String> blocked = new HashSet<>();
        long last = 0;
        List<DeadLetter> page;
        do {
            page = list(last, PAGE);
            for (DeadLetter letter : page) {
                last = letter.position();
                if (letter.streamId() != null && blocked.contains(letter.streamId())) {
                    failed.add(letter.position());
                } else if (!replayed(letter)) {
                    failed.add(letter.position());
                    if (letter.streamId() != null) {
                        blocked.add(letter.streamId());
                    }
                }
            }
        } while (page.size() == PAGE);
        return List.copyOf(failed);
    }

    private boolean replayed(DeadLetter letter) {
        try {
            replay(letter.position());
            return true;
        } catch (ReplayFailedException e) {
            return false;
        }
    }

    /**
     * Forgets a parked event without handling it.
     *
     * @param position of the event
     * @return false if it is no dead letter any more
     */
    public boolean discard(long position) {
        return rows.call(connection -> letters.remove(connection, generation(), position));
    }

    private long generation() {
        SubscriptionRow row = rows.read();
        return row == null ? 1 : row.generation();
    }
}
