package io.hexai.jpa.event.stress;

import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.transaction.UnitOfWork;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.hibernate.SessionFactory;

/** What the threads of a run share. */
final class StressRun {

    final UnitOfWork unitOfWork;
    final EventStore store;
    final CommitTimes commits = new CommitTimes();
    final AtomicLong lastCommitted = new AtomicLong();

    private final long events;
    private final AtomicLong committed = new AtomicLong();
    private final AtomicInteger writing;
    private volatile boolean failed;

    StressRun(SessionFactory factory, int writers, long events) {
        unitOfWork = UnitOfWork.of(factory);
        store = EventStore.builder(unitOfWork)
                .types(EventTypes.of(Counted.class))
                .build();
        writing = new AtomicInteger(writers);
        this.events = events;
    }

    void committed(List<StoredEvent> stored) {
        long now = System.nanoTime();
        for (StoredEvent event : stored) {
            commits.committed(event.position(), now);
            lastCommitted.accumulateAndGet(event.position(), Math::max);
        }
        committed.addAndGet(stored.size());
    }

    boolean isOver() {
        return failed || committed.get() >= events;
    }

    /** Waits until a share of the events is committed, or the run has failed. */
    void awaitShare(double share) throws InterruptedException {
        while (!isOver() && committed.get() < share * events) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    void writerIsDone(boolean succeeded) {
        failed |= !succeeded;
        writing.decrementAndGet();
    }

    boolean isWritten() {
        return writing.get() == 0;
    }

    /** The server crashed or is starting, or the pool has no connection to it. Anything else is a failure of the test. */
    static boolean isOfACrash(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && isOfACrash(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    /** The pool's own exceptions have no state. */
    private static boolean isOfACrash(String state) {
        return state == null || state.startsWith("08") || state.startsWith("57P0");
    }
}
