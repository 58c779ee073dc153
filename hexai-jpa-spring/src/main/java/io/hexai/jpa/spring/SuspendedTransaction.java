package io.hexai.jpa.spring;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** What Spring had on the thread, put aside in the way of {@code AbstractPlatformTransactionManager.suspend}. Confined to its thread. */
final class SuspendedTransaction {

    private final SpringResources resources;
    private final @Nullable List<TransactionSynchronization> synchronizations;
    private final @Nullable EntityManagerHolder entityManagerHolder;
    private final @Nullable ConnectionHolder connectionHolder;
    private final @Nullable String name;
    private final @Nullable Integer isolation;
    private final boolean readOnly;
    private final boolean active;

    private SuspendedTransaction(
            SpringResources resources, @Nullable List<TransactionSynchronization> synchronizations) {
        this.resources = resources;
        this.synchronizations = synchronizations;
        this.entityManagerHolder = resources.entityManagerHolder();
        this.connectionHolder = resources.connectionHolder();
        this.name = TransactionSynchronizationManager.getCurrentTransactionName();
        this.isolation = TransactionSynchronizationManager.getCurrentTransactionIsolationLevel();
        this.readOnly = TransactionSynchronizationManager.isCurrentTransactionReadOnly();
        this.active = TransactionSynchronizationManager.isActualTransactionActive();
    }

    /** Leaves the thread as if Spring had never run a transaction there. */
    static SuspendedTransaction suspend(SpringResources resources) {
        List<TransactionSynchronization> synchronizations = null;
        if (TransactionSynchronizationManager.isSynchronizationActive()) {
            synchronizations = TransactionSynchronizationManager.getSynchronizations();
            synchronizations.forEach(TransactionSynchronization::suspend);
        }
        SuspendedTransaction suspended = new SuspendedTransaction(resources, synchronizations);
        resources.unbind();
        TransactionSynchronizationManager.clear();
        return suspended;
    }

    /**
     * A connection that no synchronization has taken off the thread is that of a transaction, and if it is marked as synchronized,
     * of one by JDBC; those that JPA managers of other factories expose are not.
     */
    boolean isJdbcOnly() {
        return connectionHolder != null
                && connectionHolder.isSynchronizedWithTransaction()
                && entityManagerHolder == null;
    }

    void resume() {
        resources.unbind();
        TransactionSynchronizationManager.clear();
        resources.bind(entityManagerHolder, connectionHolder);
        TransactionSynchronizationManager.setActualTransactionActive(active);
        TransactionSynchronizationManager.setCurrentTransactionReadOnly(readOnly);
        TransactionSynchronizationManager.setCurrentTransactionIsolationLevel(isolation);
        TransactionSynchronizationManager.setCurrentTransactionName(name);
        if (synchronizations != null) {
            TransactionSynchronizationManager.initSynchronization();
            for (TransactionSynchronization synchronization : synchronizations) {
                synchronization.resume();
                TransactionSynchronizationManager.registerSynchronization(synchronization);
            }
        }
    }
}
