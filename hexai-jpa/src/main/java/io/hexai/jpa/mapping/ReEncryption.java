package io.hexai.jpa.mapping;

import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.UnitOfWork;
import java.util.List;
import java.util.Objects;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SessionImplementor;
import org.jspecify.annotations.Nullable;

/**
 * Writes anew, under the primary keys, what is encrypted under others, so that these can be taken out of the keyset. Run it once
 * every process has the new primary key. Immutable.
 *
 * <p>It works in batches, each in a transaction of its own, next to running applications: a value that somebody else changes
 * meanwhile is left to them. Versions stay as they are. What was done stays done when it breaks off; run again, it takes up what
 * is left. A row that it cannot decrypt is reported and skipped. It reads each table once in the order of its key.
 */
public final class ReEncryption {

    private static final int DEFAULT_BATCH_SIZE = 500;

    private final UnitOfWork unitOfWork;
    private final int batchSize;

    private ReEncryption(UnitOfWork unitOfWork, int batchSize) {
        this.unitOfWork = unitOfWork;
        this.batchSize = batchSize;
    }

    /**
     * Prepares for the entities of a factory, in batches of 500 rows.
     *
     * @param unitOfWork over the factory; a transaction that runs in it is not used
     * @return to be run
     */
    public static ReEncryption of(UnitOfWork unitOfWork) {
        return new ReEncryption(Objects.requireNonNull(unitOfWork, "unitOfWork"), DEFAULT_BATCH_SIZE);
    }

    /**
     * Sets how many rows a transaction reads and locks.
     *
     * @param rows at least 1
     * @return a copy
     */
    public ReEncryption withBatchSize(int rows) {
        if (rows < 1) {
            throw new IllegalArgumentException("A batch has at least one row, not " + rows);
        }
        return new ReEncryption(unitOfWork, rows);
    }

    /**
     * Goes through all encrypted columns.
     *
     * @return what was done
     * @throws MissingEncryptionKeysException if the factory has no keys
     */
    public ReEncryptionReport run() {
        ReEncryptionTally tally = new ReEncryptionTally();
        inTransaction(EncryptedColumn::allOf).forEach(column -> rewrite(column, tally));
        return tally.report();
    }

    private void rewrite(EncryptedColumn column, ReEncryptionTally tally) {
        List<Object> last = List.of();
        while (last != null) {
            List<Object> after = last;
            last = inTransaction(session -> column.rewritePage(session, after, batchSize, tally));
        }
        SessionFactoryImplementor factory = column.factory();
        factory.getCache().evictEntityData(column.entityName());
    }

    private <R extends @Nullable Object> R inTransaction(PageWork<R> work) {
        return unitOfWork
                .with(TransactionOptions.defaults().withPropagation(Propagation.NEW))
                .call(em -> work.in(em.unwrap(SessionImplementor.class)));
    }

    @FunctionalInterface
    private interface PageWork<R extends @Nullable Object> {
        R in(SessionImplementor session);
    }
}
