package io.hexai.jpa.test;

import io.hexai.jpa.transaction.PlainAction;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells which statements a piece of code sends to the test database: Hibernate's, the library's and those of plain JDBC on
 * injected connections, as the driver gets them. A test takes it as a parameter.
 *
 * <p>It does not see what the driver adds, such as BEGIN, nor what a unit of work sends along before a statement, such as the savepoint
 * of a nested scope, nor connections opened by other means than the injected objects,
 * nor what uses the driver's own interfaces (COPY).
 *
 * <p>Thread-safe; the code runs on the calling thread.
 */
public final class StatementLog {

    private final JdbcObservers observers;
    private final boolean allThreads;

    StatementLog(JdbcObservers observers, boolean allThreads) {
        this.observers = observers;
        this.allThreads = allThreads;
    }

    /**
     * Returns a view that also sees what other threads send while the code runs, whether or not on its behalf.
     *
     * @return the view
     */
    public StatementLog ofAllThreads() {
        return new StatementLog(observers, true);
    }

    /**
     * Runs code and tells what it sent, by default on the calling thread only.
     *
     * @param code run once
     * @param <X> what the code may throw
     * @return what was sent until the code returned
     * @throws X what the code threw
     */
    public <X extends Throwable> Statements during(PlainAction<X> code) throws X {
        Recording recording = new Recording(allThreads ? null : Thread.currentThread());
        observers.add(recording);
        try {
            code.run();
        } finally {
            observers.remove(recording);
        }
        return recording.statements();
    }

    private static final class Recording implements JdbcObserver {

        private final @Nullable Thread only;
        private final List<ExecutedStatement> statements = new ArrayList<>();
        private int commits;
        private int rollbacks;

        Recording(@Nullable Thread only) {
            this.only = only;
        }

        private boolean isMeant() {
            return only == null || only == Thread.currentThread();
        }

        @Override
        public synchronized void beforeStatement(Connection physical, String prelude, ExecutedStatement statement) {
            if (isMeant()) {
                statements.add(statement);
            }
        }

        @Override
        public synchronized void beforeCommit(Connection physical) {
            if (isMeant()) {
                commits++;
            }
        }

        @Override
        public synchronized void beforeRollback() {
            if (isMeant()) {
                rollbacks++;
            }
        }

        synchronized Statements statements() {
            return new Statements(statements, commits, rollbacks);
        }
    }
}
