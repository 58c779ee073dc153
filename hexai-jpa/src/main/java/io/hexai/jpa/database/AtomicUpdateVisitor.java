package io.hexai.jpa.database;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.filter.ChangeSetFilterResult;
import liquibase.changelog.filter.ShouldRunChangeSetFilter;
import liquibase.changelog.visitor.UpdateVisitor;
import liquibase.database.Database;
import liquibase.exception.DatabaseException;
import liquibase.exception.LiquibaseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Applies each changeset and its row in the ledger in one transaction, unless the changeset wants to run in none. */
final class AtomicUpdateVisitor extends UpdateVisitor {

    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);

    private final HeldConnection connection;
    private final MigrationLock lock;
    private final ShouldRunChangeSetFilter shouldRun;
    private final List<AppliedMigration> applied = new ArrayList<>();

    AtomicUpdateVisitor(
            Database database, HeldConnection connection, MigrationLock lock, ShouldRunChangeSetFilter shouldRun) {
        super(database, null, shouldRun);
        this.connection = connection;
        this.lock = lock;
        this.shouldRun = shouldRun;
    }

    List<AppliedMigration> applied() {
        return applied;
    }

    @Override
    public void visit(
            ChangeSet changeSet,
            DatabaseChangeLog changeLog,
            Database database,
            Set<ChangeSetFilterResult> filterResults)
            throws LiquibaseException {
        boolean runs = shouldRun.accepts(changeSet).isAccepted();
        String name = changeSet.toString(false);
        long start = System.nanoTime();
        try {
            if (changeSet.isRunInTransaction()) {
                connection.hold();
            }
            super.visit(changeSet, changeLog, database, filterResults);
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
        if (runs) {
            Duration duration = Duration.ofNanos(System.nanoTime() - start);
            applied.add(new AppliedMigration(name, duration));
            LOG.info("Applied {} in {} ms", name, duration.toMillis());
        }
    }

    private void rollBack(Throwable failure) {
        connection.release();
        try {
            connection.rollback();
        } catch (DatabaseException e) {
            failure.addSuppressed(e);
        }
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
