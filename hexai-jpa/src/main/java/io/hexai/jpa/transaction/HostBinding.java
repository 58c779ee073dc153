package io.hexai.jpa.transaction;

import java.util.function.Consumer;

/** A transaction of a unit of work that a {@link TransactionHost} was shown. Implement this together with it. */
public interface HostBinding {

    /**
     * Tells whether this is what the framework has on the thread.
     *
     * @return false while the framework has suspended it for another one
     */
    boolean isPresent();

    /** Runs the framework's callbacks for the time before the commit; what they throw rolls back. */
    void beforeCommit();

    /** Runs the framework's callbacks for the time before the end, commit or rollback. Throws nothing. */
    void beforeCompletion();

    /**
     * Takes the transaction from the framework and runs the framework's callbacks for the time after the end.
     *
     * @param committed whether it was committed
     * @param onFailure told what a callback threw
     */
    void completed(boolean committed, Consumer<Throwable> onFailure);

    /** Resumes what the framework had run on this thread before. Called last, whatever happened. */
    void resume();
}
