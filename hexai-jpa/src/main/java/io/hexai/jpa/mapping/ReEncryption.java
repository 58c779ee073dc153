package io.hexai.jpa.mapping;

import io.hexai.jpa.transaction.IsolationLevel;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.RetryPolicy;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.UnitOfWork;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SessionImplementor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes anew, under the primary keys, what is encrypted under others, so that these can be taken out of the keyset. Run it once
 * every process has the new primary key. Immutable.
 *
 * <p>It works in batches, each in a transaction of its own, next to running applications and to others of its kind: a value that
 * somebody else changes meanwhile is left to them, and a batch that runs into a deadlock is repeated. Versions stay as they are.
 * What was done stays done when it breaks off; run again, it takes up what is left. A row that it cannot decrypt is reported and
 * skipped. It reads each table once in the order of its key.
 */
public final class ReEncryption {

    private static final Logger LOG = LoggerFactory.getLogger(ReEncryption.class);

    private static final int DEFAULT_BATCH_SIZE = 500;

    /** Each batch sees what others have committed, whatever the server's default is. */
    private static final TransactionOptions OF_A_BATCH = TransactionOptions.defaults()
            .withPropagation(Propagation.NEW)
            .withIsolation(IsolationLevel.READ_COMMITTED)
            .withRetry(RetryPolicy.attempts(5))
            .withName("re-encryption");

    private final UnitOfWork unitOfWork;
    private final int batchSize;
    private final Consumer<? super ReEncryptionReport> listener;

    private ReEncryption(UnitOfWork unitOfWork, int batchSize, Consumer<? super ReEncryptionReport> listener) {
        this.unitOfWork = unitOfWork;
        this.batchSize = batchSize;
        this.listener = listener;
    }

    /**
     * Prepares for the entities of a factory, in batches of 500 rows.
     *
     * @param unitOfWork over the factory; a transaction that runs in it is not used
     * @return to be run
     */
    public static ReEncryption of(UnitOfWork unitOfWork) {
        return new ReEncryption(Objects.requireNonNull(unitOfWork, "unitOfWork"), DEFAULT_BATCH_SIZE, report -> {});
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
        return new ReEncryption(unitOfWork, rows, listener);
    }

    /**
     * Shows how far it has come: after each batch is committed, the listener is told what has been done so far. The log has a line
     * for each column on INFO, and for each batch on DEBUG.
     *
     * @param newListener replaces an earlier one; what it throws ends the run
     * @return a copy
     */
    public ReEncryption withListener(Consumer<? super ReEncryptionReport> newListener) {
        return new ReEncryption(unitOfWork, batchSize, Objects.requireNonNull(newListener, "listener"));
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
            EncryptedColumn.Page page = inTransaction(session -> column.rewritePage(session, after, batchSize));
            tally.add(page.tally());
            last = page.lastKey();
            if (last != null) {
                LOG.debug("{}: {}", column, tally);
                listener.accept(tally.report());
            }
        }
        LOG.info("{} is re-encrypted; in all: {}", column, tally);
        SessionFactoryImplementor factory = column.factory();
        factory.getCache().evictEntityData(column.entityName());
    }

    private <R> R inTransaction(Function<SessionImplementor, R> work) {
        return unitOfWork.with(OF_A_BATCH).call(em -> work.apply(em.unwrap(SessionImplementor.class)));
    }
}
