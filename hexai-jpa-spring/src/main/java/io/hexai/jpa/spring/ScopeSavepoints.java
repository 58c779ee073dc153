package io.hexai.jpa.spring;

import io.hexai.jpa.transaction.TransactionScope;
import jakarta.persistence.EntityManager;
import java.util.function.Supplier;
import org.springframework.transaction.SavepointManager;
import org.springframework.transaction.TransactionSystemException;

/** The savepoints of {@code PROPAGATION_NESTED}: nested scopes, which bring the persistence context back as well. */
final class ScopeSavepoints implements SavepointManager {

    private final Supplier<TransactionScope> nested;
    private final EntityManager entityManager;

    ScopeSavepoints(Supplier<TransactionScope> nested, EntityManager entityManager) {
        this.nested = nested;
        this.entityManager = entityManager;
    }

    @Override
    public Object createSavepoint() {
        return new ScopeSavepoint(nested.get());
    }

    /** The scope ends with it; that Spring releases the savepoint afterwards changes nothing. */
    @Override
    public void rollbackToSavepoint(Object savepoint) {
        ScopeSavepoint own = (ScopeSavepoint) savepoint;
        own.ended = true;
        own.scope.rollback();
    }

    /**
     * Of one that a participant has doomed, Spring itself throws an {@code UnexpectedRollbackException} afterwards. Any other
     * failure leaves as a transaction exception, for which Spring does not doom the transaction around as well.
     */
    @Override
    public void releaseSavepoint(Object savepoint) {
        ScopeSavepoint own = (ScopeSavepoint) savepoint;
        if (own.ended) {
            return;
        }
        own.ended = true;
        if (entityManager.getTransaction().getRollbackOnly()) {
            own.scope.rollback();
            return;
        }
        try {
            own.scope.commit();
        } catch (RuntimeException e) {
            throw new TransactionSystemException(
                    "The nested transaction could not be completed and was rolled back to its savepoint", e);
        }
    }

    private static final class ScopeSavepoint {
        private final TransactionScope scope;
        private boolean ended;

        private ScopeSavepoint(TransactionScope scope) {
            this.scope = scope;
        }
    }
}
