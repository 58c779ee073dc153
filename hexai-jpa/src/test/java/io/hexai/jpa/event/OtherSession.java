package io.hexai.jpa.event;

import io.hexai.jpa.transaction.TransactionScope;
import io.hexai.jpa.transaction.UnitOfWork;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** A transaction on a thread of its own, driven step by step. Rolled back if it is closed undecided. */
final class OtherSession implements AutoCloseable {

    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final TransactionScope scope;

    OtherSession(UnitOfWork unitOfWork) {
        scope = call(unitOfWork::begin);
    }

    <T> T call(Callable<T> step) {
        try {
            return start(step).get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    void run(Runnable step) {
        call(Executors.callable(step));
    }

    <T> Future<T> start(Callable<T> step) {
        return thread.submit(step);
    }

    void commit() {
        run(scope::commit);
    }

    void rollback() {
        run(scope::rollback);
    }

    @Override
    public void close() {
        run(scope::close);
        thread.shutdownNow();
    }
}
