package io.hexai.jpa.spring;

import io.hexai.jpa.transaction.HostBinding;
import io.hexai.jpa.transaction.HostTransaction;
import io.hexai.jpa.transaction.OwnTransaction;
import io.hexai.jpa.transaction.TransactionHost;
import jakarta.persistence.EntityManagerFactory;
import java.util.Objects;
import org.hibernate.engine.spi.SessionImplementor;
import org.jspecify.annotations.Nullable;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Spring's transactions over an entity manager factory, for units of work to join and to be joined by:
 *
 * <pre>{@code
 * UnitOfWork unitOfWork = UnitOfWork.builder(factory).host(SpringTransactions.of(transactionManager)).build();
 * }</pre>
 *
 * <p>Inside a transaction of the manager, scopes run in its persistence context and on its connection; Spring commits, and rolls
 * back. Inside a scope, {@code @Transactional} code takes part in the unit of work's transaction. Thread-safe.
 */
public final class SpringTransactions implements TransactionHost {

    private final SpringResources resources;

    private SpringTransactions(SpringResources resources) {
        this.resources = resources;
    }

    /**
     * Creates the host.
     *
     * @param manager whose factory is that of the unit of work, with the transaction synchronization that is its default
     * @return the host
     * @throws IllegalArgumentException if the manager has no factory yet
     */
    public static SpringTransactions of(JpaTransactionManager manager) {
        EntityManagerFactory factory = manager.getEntityManagerFactory();
        if (factory == null) {
            throw new IllegalArgumentException(
                    "The JpaTransactionManager has no EntityManagerFactory yet. Set it, and call afterPropertiesSet().");
        }
        return new SpringTransactions(new SpringResources(factory, manager.getDataSource()));
    }

    @Override
    public @Nullable HostTransaction running() {
        EntityManagerHolder holder = resources.entityManagerHolder();
        if (holder == null || holder instanceof ShownEntityManagerHolder) {
            return null;
        }
        SessionImplementor session = holder.getEntityManager().unwrap(SessionImplementor.class);
        if (!session.isTransactionInProgress()) {
            return null;
        }
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            throw new IllegalStateException(
                    "A unit of work cannot join a transaction of Spring's that does not tell of its"
                            + " end. Leave the JpaTransactionManager's transactionSynchronization at SYNCHRONIZATION_ALWAYS.");
        }
        return new SpringTransaction(resources, holder, session);
    }

    @Override
    public HostBinding show(OwnTransaction transaction) {
        return ShownTransaction.show(Objects.requireNonNull(transaction, "transaction"), resources);
    }

    @Override
    public void runOutside(Runnable work) {
        SuspendedTransaction suspended = SuspendedTransaction.suspend(resources);
        try {
            work.run();
        } finally {
            suspended.resume();
        }
    }

    @Override
    public String toString() {
        return "Spring's JpaTransactionManager";
    }
}
