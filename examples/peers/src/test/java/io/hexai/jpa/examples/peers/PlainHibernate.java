package io.hexai.jpa.examples.peers;

import jakarta.persistence.EntityManager;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import java.sql.Savepoint;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.jspecify.annotations.Nullable;

/** Hibernate's own transaction, with savepoints set by hand and a flush before and after what lies between them. */
final class PlainHibernate implements Peer {

    private final SessionFactory factory;
    private @Nullable Session session;

    PlainHibernate(SessionFactory factory) {
        this.factory = factory;
    }

    @Override
    public void transaction(Consumer<EntityManager> work) {
        try (Session opened = factory.openSession()) {
            session = opened;
            opened.beginTransaction();
            try {
                work.accept(opened);
            } catch (Throwable e) {
                opened.getTransaction().rollback();
                throw e;
            }
            opened.getTransaction().commit();
        }
    }

    @Override
    public void nested(Runnable work) {
        session().flush();
        Savepoint savepoint = session().doReturningWork(connection -> connection.setSavepoint());
        try {
            work.run();
            session().flush();
        } catch (Throwable e) {
            session().doWork(connection -> connection.rollback(savepoint));
            throw e;
        }
        session().doWork(connection -> connection.releaseSavepoint(savepoint));
    }

    @Override
    public void joined(Runnable work) {
        try {
            work.run();
        } catch (Throwable e) {
            session().getTransaction().setRollbackOnly();
            throw e;
        }
    }

    @Override
    public void afterCommit(Runnable hook) {
        session().getTransaction().registerSynchronization(new Synchronization() {
            @Override
            public void beforeCompletion() {}

            @Override
            public void afterCompletion(int status) {
                if (status == Status.STATUS_COMMITTED) {
                    hook.run();
                }
            }
        });
    }

    private Session session() {
        if (session == null) {
            throw new IllegalStateException("No transaction has been started. Call transaction() first.");
        }
        return session;
    }
}
