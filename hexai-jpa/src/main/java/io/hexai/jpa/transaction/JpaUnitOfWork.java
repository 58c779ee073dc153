package io.hexai.jpa.transaction;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A view of a unit of work: the shared scopes, and the options of its own. */
final class JpaUnitOfWork implements UnitOfWork {

    private final ScopeManager manager;
    private final TransactionOptions options;

    JpaUnitOfWork(ScopeManager manager, TransactionOptions options) {
        this.manager = manager;
        this.options = options;
    }

    @Override
    public <R extends @Nullable Object, X extends Throwable> R call(Work<R, X> work) throws X {
        return repeat(scope -> work.apply(scope.entityManager()));
    }

    @Override
    public <R extends @Nullable Object, X extends Throwable> R call(PlainWork<R, X> work) throws X {
        return repeat(scope -> work.call());
    }

    @Override
    public <X extends Throwable> void run(Action<X> action) throws X {
        this.<@Nullable Object, X>repeat(scope -> {
            action.accept(scope.entityManager());
            return null;
        });
    }

    @Override
    public <X extends Throwable> void run(PlainAction<X> action) throws X {
        this.<@Nullable Object, X>repeat(scope -> {
            action.run();
            return null;
        });
    }

    /** Work that asks for the entity manager only if it needs it: without, there is no session to open. */
    private interface ScopedWork<R extends @Nullable Object, X extends Throwable> {
        R doIn(Scope scope) throws X;
    }

    private <R extends @Nullable Object, X extends Throwable> R repeat(ScopedWork<R, X> work) throws X {
        Attempts attempts = new Attempts(manager, options);
        while (true) {
            try {
                return attempt(work, attempts);
            } catch (Throwable failure) {
                if (!attempts.mayRepeatAfter(failure)) {
                    throw failure;
                }
            }
        }
    }

    private <R extends @Nullable Object, X extends Throwable> R attempt(ScopedWork<R, X> work, Attempts attempts)
            throws X {
        Scope scope = manager.open(options, attempts.number(), attempts.deadline());
        R result;
        try {
            result = work.doIn(scope);
        } catch (Throwable failure) {
            scope.fail(failure);
            throw failure;
        }
        scope.commit();
        return result;
    }

    @Override
    public UnitOfWork with(TransactionOptions newOptions) {
        return newOptions.equals(options) ? this : new JpaUnitOfWork(manager, newOptions);
    }

    @Override
    public TransactionOptions options() {
        return options;
    }

    @Override
    public TransactionScope begin() {
        return manager.open(
                        options,
                        1,
                        Deadline.in(options.timeout(), manager.settings().clock()))
                .rememberWhereOpened();
    }

    @Override
    public Transaction current() {
        Scope current = manager.joined();
        if (current == null) {
            throw new NoActiveTransactionException();
        }
        return current;
    }

    @Override
    public boolean isActive() {
        return manager.joined() != null;
    }

    @Override
    public Registration beforeEveryCommit(CommitPhase phase, Consumer<? super Transaction> hook) {
        return manager.everyCommit().add(phase, hook);
    }

    @Override
    public Registration onEveryCommit(CommitObserver observer) {
        return manager.everyCommit().add(observer);
    }

    @Override
    public Registration onEveryNested(SavepointObserver observer) {
        return manager.everyNested().add(observer);
    }
}
