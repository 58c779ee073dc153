package io.hexai.jpa.database;

import java.util.List;

/** What can be done with the migrations of one source in one database. */
interface MigrationRun {

    List<AppliedMigration> update();

    List<AppliedMigration> rollBack(RollbackPoint point);

    MigrationPlan plan();

    MigrationPlan planRollback(RollbackPoint point);

    MigrationStatus status();

    void tag(String tag);
}
