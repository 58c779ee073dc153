package io.hexai.jpa.transaction;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** An attempt that failed and is repeated, in a recording of the JDK's Flight Recorder. */
@Name("io.hexai.jpa.Retry")
@Label("Retry")
@Category({"hexai-jpa", "Unit of work"})
@StackTrace(false)
final class RetriedEvent extends Event {

    @Label("Name")
    @Nullable
    String name;

    @Label("Failed attempt")
    int attempt;

    @Label("Cause")
    @Nullable
    String cause;

    @Label("Delay")
    @Timespan(Timespan.NANOSECONDS)
    long delay;

    static void record(TransactionInfo info, RetryEvent retry) {
        RetriedEvent event = new RetriedEvent();
        if (event.shouldCommit()) {
            event.name = info.name();
            event.attempt = retry.attempt();
            event.cause = retry.failure().getClass().getName();
            event.delay = retry.delay().toNanos();
            event.commit();
        }
    }
}
