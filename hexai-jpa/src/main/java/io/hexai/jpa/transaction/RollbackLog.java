package io.hexai.jpa.transaction;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Writes one line for each rollback: at DEBUG where the cause leaves to the caller, who knows best what it is worth; at INFO
 * where it leaves to nobody; at WARN where the rollback failed. It names types and SQLSTATEs, since messages of the database
 * hold the values of rows.
 */
final class RollbackLog {

    private static final Logger LOG = LoggerFactory.getLogger(UnitOfWork.class);

    private RollbackLog() {}

    static void write(
            TransactionInfo transaction,
            Duration age,
            @Nullable Throwable cause,
            boolean leavesToNobody,
            @Nullable Throwable problem) {
        Level level = problem != null ? Level.WARN : leavesToNobody ? Level.INFO : Level.DEBUG;
        if (LOG.isEnabledForLevel(level)) {
            String reason = cause == null ? "its scope decided so" : chain(cause);
            if (problem == null) {
                LOG.atLevel(level).log("Rolled back {} after {} ms: {}", transaction, age.toMillis(), reason);
            } else {
                LOG.atLevel(level)
                        .log(
                                "Rolling back {} after {} ms failed ({}), which {}; it was rolled back for: {}",
                                transaction,
                                age.toMillis(),
                                chain(problem),
                                transaction.nested()
                                        ? "dooms the transaction around it"
                                        : "leaves the rollback to the server: its connection was cut off",
                                reason);
            }
        }
    }

    private static String chain(Throwable failure) {
        StringBuilder text = new StringBuilder();
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Throwable link = failure; link != null && seen.add(link); link = link.getCause()) {
            text.append(text.isEmpty() ? "" : ", caused by ")
                    .append(link.getClass().getName());
            if (link instanceof SQLException sql) {
                text.append(" [").append(sql.getSQLState()).append(']');
            }
        }
        return text.toString();
    }
}
