package io.hexai.jpa.spring;

import io.hexai.jpa.transaction.UnitOfWork;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;

/**
 * Makes a unit of work join each transaction of Spring's as it begins, so that aggregates are drained, hooks of every commit run
 * and swallowed failures are found also where no code calls the unit of work: give it to
 * {@code JpaTransactionManager.addListener}. Spring Boot does so with the bean that is configured for it. Thread-safe.
 */
public final class JoinEveryTransaction implements TransactionExecutionListener {

    private static final Logger LOG = LoggerFactory.getLogger(JoinEveryTransaction.class);

    private final Supplier<@Nullable UnitOfWork> unitOfWork;

    private JoinEveryTransaction(Supplier<@Nullable UnitOfWork> unitOfWork) {
        this.unitOfWork = unitOfWork;
    }

    /**
     * Creates the listener.
     *
     * @param unitOfWork asked for at each begin, so that it may be made later than the transaction manager; null as long as there
     *     is none
     * @return the listener
     */
    public static JoinEveryTransaction of(Supplier<@Nullable UnitOfWork> unitOfWork) {
        return new JoinEveryTransaction(Objects.requireNonNull(unitOfWork, "unitOfWork"));
    }

    /** An exception would leave Spring with a transaction that has begun and that nobody ends. */
    @Override
    public void afterBegin(TransactionExecution transaction, @Nullable Throwable beginFailure) {
        if (beginFailure == null && transaction.isNewTransaction()) {
            try {
                UnitOfWork joining = unitOfWork.get();
                if (joining != null) {
                    joining.isActive(); // joins
                }
            } catch (RuntimeException e) {
                LOG.error("A unit of work could not join a transaction of Spring's, which goes on without it.", e);
            }
        }
    }
}
