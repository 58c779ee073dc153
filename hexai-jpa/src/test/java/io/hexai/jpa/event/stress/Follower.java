package io.hexai.jpa.event.stress;

import io.hexai.jpa.event.EventPage;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.event.StreamId;
import io.hexai.jpa.transaction.IsolationLevel;
import io.hexai.jpa.transaction.UnitOfWork;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Follows the store page by page, and counts what comes before something that it follows from. */
final class Follower implements Callable<Follower> {

    final List<Long> seen = new ArrayList<>();
    final CommitTimes.Lags lags;
    int inversions;

    private final StressRun run;
    private final UnitOfWork reading;
    private final Map<StreamId, Long> versions = new HashMap<>();
    private final Map<Integer, Integer> numbers = new HashMap<>();
    private long after;

    Follower(StressRun run, IsolationLevel isolation) {
        this.run = run;
        this.reading = run.unitOfWork.with(o -> o.withIsolation(isolation));
        this.lags = run.commits.new Lags();
    }

    @Override
    public Follower call() {
        boolean isOver = false;
        while (!isOver) {
            boolean isWritten = run.isWritten();
            try {
                EventPage page = reading.call(() -> run.store.fetch(after, 500));
                page.events().forEach(this::see);
                after = page.nextPosition();
                isOver = isWritten && page.isLast();
            } catch (RuntimeException e) {
                if (!StressRun.isOfACrash(e)) {
                    throw e;
                }
            }
        }
        return this;
    }

    private void see(StoredEvent event) {
        lags.saw(event.position());
        Counted counted = (Counted) event.payload();
        Long version = versions.merge(event.streamId(), 1L, Long::sum);
        Integer previous = numbers.put(counted.writer(), counted.number());
        if (!version.equals(event.streamVersion())
                || previous != null && previous >= counted.number()
                || counted.after() >= event.position()
                || !seen.isEmpty() && seen.get(seen.size() - 1) >= event.position()) {
            inversions++;
        }
        seen.add(event.position());
    }
}
