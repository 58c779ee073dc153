package io.hexai.jpa.spring;

import io.hexai.jpa.transaction.HostBinding;
import io.hexai.jpa.transaction.IsolationLevel;
import io.hexai.jpa.transaction.OwnTransaction;
import io.hexai.jpa.transaction.TransactionOptions;
import java.sql.Connection;
import java.util.List;
import java.util.function.Consumer;
import org.hibernate.engine.spi.SessionImplementor;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionSynchronizationUtils;

/** A transaction of a unit of work as Spring's code sees it, from its begin to its end. Confined to its thread. */
final class ShownTransaction implements HostBinding {

    private final SpringResources resources;
    private final SuspendedTransaction suspended;
    private final ShownEntityManagerHolder holder;
    private final boolean readOnly;
    private boolean completing;

    private ShownTransaction(
            SpringResources resources,
            SuspendedTransaction suspended,
            ShownEntityManagerHolder holder,
            boolean readOnly) {
        this.resources = resources;
        this.suspended = suspended;
        this.holder = holder;
        this.readOnly = readOnly;
    }

    static ShownTransaction show(OwnTransaction transaction, SpringResources resources) {
        TransactionOptions options = transaction.options();
        boolean readOnly = Boolean.TRUE.equals(options.readOnly());
        ShownEntityManagerHolder holder = new ShownEntityManagerHolder(transaction);
        SuspendedTransaction suspended = SuspendedTransaction.suspend(resources);
        requireNoJdbcTransaction(suspended);
        resources.bind(holder, connectionHolder(holder));
        TransactionSynchronizationManager.initSynchronization();
        TransactionSynchronizationManager.setActualTransactionActive(true);
        TransactionSynchronizationManager.setCurrentTransactionReadOnly(readOnly);
        TransactionSynchronizationManager.setCurrentTransactionName(options.name());
        IsolationLevel isolation = options.isolation();
        TransactionSynchronizationManager.setCurrentTransactionIsolationLevel(
                isolation == null ? null : jdbcLevel(isolation));
        return new ShownTransaction(resources, suspended, holder, readOnly);
    }

    /** To commit apart from what the code around takes for its transaction would surprise it. */
    private static void requireNoJdbcTransaction(SuspendedTransaction suspended) {
        if (suspended.isJdbcOnly()) {
            suspended.resume();
            throw new IllegalStateException(
                    "A unit of work cannot begin inside a transaction that Spring runs over the same"
                            + " DataSource by JDBC only. Use a JpaTransactionManager for both, whose transaction it joins.");
        }
    }

    /** What goes past JPA, as a {@code JdbcTemplate} does, runs on the transaction's connection, taken when it is needed. */
    private static ConnectionHolder connectionHolder(ShownEntityManagerHolder holder) {
        SessionImplementor session = holder.getEntityManager().unwrap(SessionImplementor.class);
        ConnectionHolder connection = new ConnectionHolder(
                () -> session.getJdbcCoordinator().getLogicalConnection().getPhysicalConnection());
        connection.setSynchronizedWithTransaction(true);
        return connection;
    }

    private static int jdbcLevel(IsolationLevel isolation) {
        return switch (isolation) {
            case READ_UNCOMMITTED -> Connection.TRANSACTION_READ_UNCOMMITTED;
            case READ_COMMITTED -> Connection.TRANSACTION_READ_COMMITTED;
            case REPEATABLE_READ -> Connection.TRANSACTION_REPEATABLE_READ;
            case SERIALIZABLE -> Connection.TRANSACTION_SERIALIZABLE;
        };
    }

    @Override
    public boolean isPresent() {
        return resources.entityManagerHolder() == holder;
    }

    @Override
    public void beforeCommit() {
        TransactionSynchronizationUtils.triggerBeforeCommit(readOnly);
    }

    @Override
    public void beforeCompletion() {
        if (!completing && TransactionSynchronizationManager.isSynchronizationActive()) {
            completing = true;
            TransactionSynchronizationUtils.triggerBeforeCompletion();
        }
    }

    @Override
    public void completed(boolean committed, Consumer<Throwable> onFailure) {
        resources.unbind();
        TransactionSynchronizationManager.setActualTransactionActive(false);
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            return;
        }
        if (committed) {
            for (TransactionSynchronization each : TransactionSynchronizationManager.getSynchronizations()) {
                runAfterCommit(each, onFailure);
            }
        }
        List<TransactionSynchronization> ended = TransactionSynchronizationManager.getSynchronizations();
        TransactionSynchronizationManager.clear();
        TransactionSynchronizationUtils.invokeAfterCompletion(
                ended,
                committed
                        ? TransactionSynchronization.STATUS_COMMITTED
                        : TransactionSynchronization.STATUS_ROLLED_BACK);
    }

    private static void runAfterCommit(TransactionSynchronization synchronization, Consumer<Throwable> onFailure) {
        try {
            synchronization.afterCommit();
        } catch (Throwable e) {
            onFailure.accept(e);
        }
    }

    @Override
    public void resume() {
        suspended.resume();
    }
}
