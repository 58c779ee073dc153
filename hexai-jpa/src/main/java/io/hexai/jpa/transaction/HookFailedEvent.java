package io.hexai.jpa.transaction;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A hook that failed after the end of its transaction, in a recording of the JDK's Flight Recorder. */
@Name("io.hexai.jpa.HookFailure")
@Label("Hook failure")
@Category({"hexai-jpa", "Unit of work"})
@StackTrace(false)
final class HookFailedEvent extends Event {

    @Label("Name")
    @Nullable
    String name;

    @Label("Attempt")
    int attempt;

    @Label("Nested")
    boolean nested;

    @Label("Cause")
    @Nullable
    String cause;

    static void record(TransactionInfo info, Throwable failure) {
        HookFailedEvent event = new HookFailedEvent();
        if (event.shouldCommit()) {
            event.name = info.name();
            event.attempt = info.attempt();
            event.nested = info.nested();
            event.cause = failure.getClass().getName();
            event.commit();
        }
    }
}
