package io.hexai.jpa.database;

import io.hexai.jpa.database.MigrationProgress.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells log and listener of each migration of one run, and keeps what was done. */
final class ProgressReport {

    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);

    private final Consumer<? super MigrationProgress> listener;
    private final int total;
    private final List<AppliedMigration> done = new ArrayList<>();
    private int position;

    ProgressReport(Consumer<? super MigrationProgress> listener, int total) {
        this.listener = listener;
        this.total = total;
    }

    void started(String name) {
        position++;
        tell(progress(name, Step.STARTED, Duration.ZERO));
    }

    /** Returns the time since a moment that {@link System#nanoTime()} gave. */
    static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    void ended(String name, Step step, Duration duration) {
        MigrationProgress progress = progress(name, step, duration);
        LOG.info("{}", progress);
        if (step != Step.SKIPPED) {
            done.add(new AppliedMigration(name, duration));
        }
        tell(progress);
    }

    /** Returns the migrations done so far, without those that were skipped. */
    List<AppliedMigration> done() {
        return done;
    }

    private void tell(MigrationProgress progress) {
        try {
            listener.accept(progress);
        } catch (RuntimeException e) {
            throw new ListenerFailedException(e);
        }
    }

    private MigrationProgress progress(String name, Step step, Duration duration) {
        return new MigrationProgress(name, step, position, total, duration);
    }

    /** Carries what a listener threw through Liquibase, which would make an exception of its own out of it. */
    static final class ListenerFailedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final RuntimeException failure;

        private ListenerFailedException(RuntimeException failure) {
            super(failure);
            this.failure = failure;
        }

        RuntimeException failure() {
            return failure;
        }
    }
}
