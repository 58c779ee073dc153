package io.hexai.jpa.event.stress;

import io.hexai.jpa.event.ExpectedVersion;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.event.StreamId;
import io.hexai.jpa.transaction.IsolationLevel;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.RetryPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/**
 * Units of work of random shape: entities changed before and after the appends, waits, nested scopes, rollbacks of both,
 * each under a random isolation. Every writer appends to its own stream, and now and then to one that all share.
 */
final class Writer implements Callable<Void> {

    private final StressRun run;
    private final int writer;
    private final StreamId own;
    private final Random random;
    private int number;

    Writer(StressRun run, int writer) {
        this.run = run;
        this.writer = writer;
        this.own = StreamId.of("writer", String.valueOf(writer));
        this.random = new Random(writer);
    }

    @Override
    public Void call() {
        boolean succeeded = false;
        try {
            while (!run.isOver()) {
                writeUnlessTheServerCrashes();
            }
            succeeded = true;
        } finally {
            run.writerIsDone(succeeded);
        }
        return null;
    }

    private void writeUnlessTheServerCrashes() {
        try {
            run.committed(run.unitOfWork
                    .with(o -> o.withIsolation(isolation()).withRetry(RetryPolicy.attempts(100)))
                    .call(this::work));
        } catch (RuntimeException e) {
            if (!StressRun.isOfACrash(e)) {
                throw e;
            }
        }
    }

    /** Mostly what most use: under the others, the more of them there are, the more writers only repeat. */
    private IsolationLevel isolation() {
        return switch (random.nextInt(16)) {
            case 0 -> IsolationLevel.SERIALIZABLE;
            case 1, 2 -> IsolationLevel.REPEATABLE_READ;
            default -> IsolationLevel.READ_COMMITTED;
        };
    }

    private List<StoredEvent> work() {
        touch();
        pause();
        List<StoredEvent> stored = new ArrayList<>(append(own));
        if (random.nextInt(3) == 0) {
            touch();
            stored.addAll(run.unitOfWork.with(Propagation.NESTED).call(this::nested));
        }
        touch();
        pause();
        if (random.nextInt(8) == 0) {
            stored.addAll(append(StreamId.of("shared", "1")));
        }
        if (random.nextInt(6) == 0) {
            run.unitOfWork.current().preventCommit();
            return List.of();
        }
        return stored;
    }

    private List<StoredEvent> nested() {
        List<StoredEvent> inside = append(own);
        touch();
        pause();
        if (random.nextBoolean()) {
            run.unitOfWork.current().preventCommit();
            return List.of();
        }
        return inside;
    }

    /** By a query, since {@code find} answers null when the server has crashed. */
    private void touch() {
        if (random.nextInt(3) == 0) {
            run.unitOfWork
                    .entityManager()
                    .createQuery("from Touched where id = ?1", Touched.class)
                    .setParameter(1, random.nextInt(NoSkipStressTest.ENTITIES))
                    .getSingleResult()
                    .times++;
        }
    }

    private List<StoredEvent> append(StreamId stream) {
        long after = run.lastCommitted.get();
        List<Counted> events = IntStream.rangeClosed(0, random.nextInt(4))
                .mapToObj(i -> new Counted(writer, number++, after))
                .toList();
        return run.store.append(stream, ExpectedVersion.any(), events);
    }

    private void pause() {
        if (random.nextBoolean()) {
            run.unitOfWork
                    .entityManager()
                    .createNativeQuery("SELECT pg_sleep(?1)::text")
                    .setParameter(1, random.nextInt(6) / 1000.0)
                    .getSingleResult();
        }
    }
}
