package io.hexai.jpa.spring;

import io.hexai.jpa.transaction.HostListener;
import io.hexai.jpa.transaction.UnexpectedRollbackException;
import java.lang.reflect.UndeclaredThrowableException;
import org.hibernate.engine.spi.SessionImplementor;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationUtils;

/** Tells the scopes that have joined a transaction of Spring's what becomes of it. */
final class ScopeSynchronization implements TransactionSynchronization {

    private final HostListener listener;
    private final SessionImplementor session;

    ScopeSynchronization(HostListener listener, SessionImplementor session) {
        this.listener = listener;
        this.session = session;
    }

    /** As late as it can be: others may still change what is to be flushed and looked at. */
    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    /**
     * Of what leaves here, Spring rolls back for runtime exceptions and errors only, and not even for those of its own, which it
     * takes for what a commit throws that has rolled back already.
     */
    @Override
    public void beforeCommit(boolean readOnly) {
        try {
            listener.beforeCommit();
        } catch (UnexpectedRollbackException e) {
            rollBackAfter(e);
            throw new org.springframework.transaction.UnexpectedRollbackException(
                    "The transaction was rolled back, since a unit of work that had joined it could not be committed",
                    e);
        } catch (TransactionException e) {
            rollBackAfter(e);
            throw e;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable checked) {
            throw new UndeclaredThrowableException(checked);
        }
    }

    private void rollBackAfter(Exception failure) {
        try {
            TransactionSynchronizationUtils.triggerBeforeCompletion();
            if (session.isTransactionInProgress()) {
                session.accessTransaction().rollback();
            }
            session.clear();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    @Override
    public void afterCompletion(int status) {
        listener.completed(status == STATUS_COMMITTED);
    }
}
