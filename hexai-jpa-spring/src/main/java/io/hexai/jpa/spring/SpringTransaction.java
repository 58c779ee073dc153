package io.hexai.jpa.spring;

import io.hexai.jpa.transaction.HostListener;
import io.hexai.jpa.transaction.HostTransaction;
import io.hexai.jpa.transaction.IsolationLevel;
import io.hexai.jpa.transaction.TransactionOptions;
import java.sql.Connection;
import org.hibernate.engine.spi.SessionImplementor;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** A transaction of Spring's that scopes join. */
record SpringTransaction(SpringResources resources, EntityManagerHolder holder, SessionImplementor session)
        implements HostTransaction {

    @Override
    public TransactionOptions options() {
        TransactionOptions options = TransactionOptions.defaults();
        if (TransactionSynchronizationManager.isCurrentTransactionReadOnly()) {
            options = options.withReadOnly(true);
        }
        Integer level = TransactionSynchronizationManager.getCurrentTransactionIsolationLevel();
        if (level != null) {
            options = options.withIsolation(isolation(level));
        }
        String name = TransactionSynchronizationManager.getCurrentTransactionName();
        return name == null || name.isBlank() ? options : options.withName(name);
    }

    private static IsolationLevel isolation(int level) {
        return switch (level) {
            case Connection.TRANSACTION_READ_UNCOMMITTED -> IsolationLevel.READ_UNCOMMITTED;
            case Connection.TRANSACTION_READ_COMMITTED -> IsolationLevel.READ_COMMITTED;
            case Connection.TRANSACTION_REPEATABLE_READ -> IsolationLevel.REPEATABLE_READ;
            case Connection.TRANSACTION_SERIALIZABLE -> IsolationLevel.SERIALIZABLE;
            default -> throw new IllegalArgumentException("JDBC knows no isolation level " + level + ".");
        };
    }

    @Override
    public boolean isPresent() {
        return resources.entityManagerHolder() == holder;
    }

    @Override
    public void register(HostListener listener) {
        TransactionSynchronizationManager.registerSynchronization(new ScopeSynchronization(listener, session));
    }
}
