package io.hexai.jpa.database;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import liquibase.changelog.ChangeSet;
import liquibase.exception.DatabaseException;
import liquibase.exception.LiquibaseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts each changeset and what Liquibase does to its row in the ledger into one transaction. */
final class ChangeSetTransactions {

    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);

    private final HeldConnection connection;
    private final MigrationLock lock;
    private final List<AppliedMigration> done = new ArrayList<>();

    ChangeSetTransactions(HeldConnection connection, MigrationLock lock) {
        this.connection = connection;
        this.lock = lock;
    }

    /** Returns the changesets worked on so far. */
    List<AppliedMigration> done() {
        return done;
    }

    /** Does the work in one transaction, or without holding its commits back if the changeset wants to run in none. */
    void run(ChangeSet changeSet, String participle, Work work) throws ChangeSetFailedException {
        String name = changeSet.toString(false);
        long start = System.nanoTime();
        try {
            if (changeSet.isRunInTransaction()) {
                connection.hold();
            }
            work.run();
            lock.check();
            connection.release();
            connection.commit();
        } catch (LiquibaseException | SQLException e) {
            rollBack(e);
            throw new ChangeSetFailedException(name, e);
        } catch (RuntimeException | Error e) {
            rollBack(e);
            throw e;
        }
        Duration duration = Duration.ofNanos(System.nanoTime() - start);
        done.add(new AppliedMigration(name, duration));
        LOG.info("{} {} in {} ms", participle, name, duration.toMillis());
    }

    private void rollBack(Throwable failure) {
        connection.release();
        try {
            connection.rollback();
        } catch (DatabaseException e) {
            failure.addSuppressed(e);
        }
    }

    /** What Liquibase does with one changeset. */
    interface Work {
        void run() throws LiquibaseException;
    }

    /** Carries the changeset's name through Liquibase's iterator. */
    static final class ChangeSetFailedException extends LiquibaseException {

        private static final long serialVersionUID = 1L;

        private final String changeSet;

        ChangeSetFailedException(String changeSet, Throwable cause) {
            super(cause);
            this.changeSet = changeSet;
        }

        String changeSet() {
            return changeSet;
        }
    }
}
