package io.hexai.jpa.transaction;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A transaction or nested scope in a recording of the JDK's Flight Recorder, from its begin to its end. */
@Name("io.hexai.jpa.Transaction")
@Label("Transaction")
@Category({"hexai-jpa", "Unit of work"})
@Description("A transaction or nested scope of a unit of work, from its begin to its end")
@StackTrace(false)
final class TransactionEvent extends Event {

    /** Tells whether somebody records, without an event for each transaction that nobody records. */
    private static final TransactionEvent PROBE = new TransactionEvent();

    @Label("Name")
    @Nullable
    String name;

    @Label("Attempt")
    int attempt;

    @Label("Nested")
    boolean nested;

    @Label("Outcome")
    @Nullable
    String outcome;

    @Label("Cause")
    @Description("The class of the failure that caused the rollback")
    @Nullable
    String cause;

    /** Returns null while nobody records such events. */
    static @Nullable TransactionEvent started() {
        if (!PROBE.isEnabled()) {
            return null;
        }
        TransactionEvent event = new TransactionEvent();
        event.begin();
        return event;
    }

    void ended(TransactionInfo info, String how, @Nullable Throwable why) {
        end();
        if (shouldCommit()) {
            name = info.name();
            attempt = info.attempt();
            nested = info.nested();
            outcome = how;
            cause = why == null ? null : why.getClass().getName();
            commit();
        }
    }
}
