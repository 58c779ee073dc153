package io.hexai.jpa.transaction;

import io.hexai.jpa.HexaiJpaException;
import jakarta.persistence.RollbackException;
import java.sql.SQLException;
import org.hibernate.HibernateException;
import org.hibernate.TransactionException;
import org.hibernate.engine.spi.SessionImplementor;

/** Says what a failed commit means, the same way for every kind of bootstrap. */
final class CommitFailures {

    private CommitFailures() {}

    static RuntimeException explained(RuntimeException thrown, SessionImplementor session) {
        RuntimeException failure = thrown;
        if (thrown instanceof RollbackException && thrown.getCause() instanceof RuntimeException cause) {
            failure = cause;
        }
        if (failure instanceof HibernateException && failure.getCause() instanceof HexaiJpaException refusal) {
            return refusal;
        }
        if (failure instanceof TransactionException && failure.getCause() instanceof SQLException sql) {
            return session.getExceptionConverter()
                    .convert(session.getJdbcServices().getSqlExceptionHelper().convert(sql, "COMMIT failed"));
        }
        return failure;
    }
}
