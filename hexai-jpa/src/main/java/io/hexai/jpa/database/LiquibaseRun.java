package io.hexai.jpa.database;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import liquibase.RuntimeEnvironment;
import liquibase.TagVersionEnum;
import liquibase.changelog.ChangeLogIterator;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.RanChangeSet;
import liquibase.changelog.StandardChangeLogHistoryService;
import liquibase.changelog.filter.AfterTagChangeSetFilter;
import liquibase.changelog.filter.AlreadyRanChangeSetFilter;
import liquibase.changelog.filter.ChangeSetFilter;
import liquibase.changelog.filter.ContextChangeSetFilter;
import liquibase.changelog.filter.CountChangeSetFilter;
import liquibase.changelog.filter.DbmsChangeSetFilter;
import liquibase.changelog.filter.IgnoreChangeSetFilter;
import liquibase.changelog.filter.LabelChangeSetFilter;
import liquibase.changelog.filter.ShouldRunChangeSetFilter;
import liquibase.changelog.visitor.ChangeSetVisitor;
import liquibase.changelog.visitor.ListVisitor;
import liquibase.database.Database;
import liquibase.exception.LiquibaseException;
import liquibase.exception.ValidationFailedException;

/** What can be done with a changelog. */
final class LiquibaseRun implements MigrationRun {

    private final Changelog source;
    private final LiquibaseSession session;
    private final Consumer<? super MigrationProgress> listener;

    LiquibaseRun(DataSource dataSource, Changelog source, Consumer<? super MigrationProgress> listener) {
        this.source = source;
        this.session = new LiquibaseSession(dataSource, source);
        this.listener = listener;
    }

    @Override
    public List<AppliedMigration> update() {
        return session.write((database, changeLog, transactions) -> {
            transactions.reportTo(listener, pending(database, changeLog).size());
            update(database, changeLog, transactions);
            return transactions.done();
        });
    }

    private void update(Database database, DatabaseChangeLog changeLog, ChangeSetExecution execution)
            throws LiquibaseException {
        visitAll(
                database,
                changeLog,
                new AtomicUpdateVisitor(database, execution, new ShouldRunChangeSetFilter(database)));
    }

    @Override
    public List<AppliedMigration> rollBack(RollbackPoint point) {
        return session.write((database, changeLog, transactions) -> {
            ListVisitor last = new ListVisitor();
            iterateBack(database, changeLog, point).run(last, environment(database));
            transactions.reportTo(listener, last.getSeenChangeSets().size());
            rollBack(database, changeLog, point, transactions);
            return transactions.done();
        });
    }

    private void rollBack(
            Database database, DatabaseChangeLog changeLog, RollbackPoint point, ChangeSetExecution execution)
            throws LiquibaseException {
        iterateBack(database, changeLog, point)
                .run(new AtomicRollbackVisitor(database, execution), environment(database));
    }

    @Override
    public MigrationPlan plan() {
        StringWriter script = new StringWriter();
        return session.plan(script, (database, changeLog) -> {
            LiquibaseSession.history(database).init();
            String preparation = script.toString();
            changeLog.validate(database, source.contexts(), source.labels());
            ChangeSetScript scripts = new ChangeSetScript(script);
            update(database, changeLog, scripts);
            return new MigrationPlan(LiquibaseSession.LEDGER, preparation, scripts.planned());
        });
    }

    @Override
    public MigrationPlan planRollback(RollbackPoint point) {
        StringWriter script = new StringWriter();
        return session.plan(script, (database, changeLog) -> {
            changeLog.validate(database, source.contexts(), source.labels());
            ChangeSetScript scripts = new ChangeSetScript(script);
            rollBack(database, changeLog, point, scripts);
            return new MigrationPlan(LiquibaseSession.LEDGER, "", scripts.planned());
        });
    }

    @Override
    public MigrationStatus status() {
        return session.read((database, changeLog) -> {
            List<RanChangeSet> ran = database.getRanChangeSetList();
            Set<String> files = changeLog.getChangeSets().stream()
                    .map(ChangeSet::getFilePath)
                    .map(DatabaseChangeLog::normalizePath)
                    .collect(Collectors.toSet());
            List<RanChangeSet> own = ran.stream()
                    .filter(one -> files.contains(DatabaseChangeLog.normalizePath(one.getChangeLog())))
                    .toList();
            List<String> vanished = own.stream()
                    .filter(one -> changeLog.getChangeSet(one) == null)
                    .map(LiquibaseRun::name)
                    .toList();
            List<ChangeSet> pending = pending(database, changeLog);
            return new MigrationStatus(
                    LiquibaseSession.LEDGER,
                    own.stream().map(LiquibaseRun::name).toList(),
                    names(pending),
                    edited(database, changeLog),
                    vanished,
                    names(beforeLastApplied(database, changeLog, pending)));
        });
    }

    private List<String> edited(Database database, DatabaseChangeLog changeLog) throws LiquibaseException {
        try {
            changeLog.validate(database, source.contexts(), source.labels());
            return List.of();
        } catch (ValidationFailedException e) {
            List<String> edited = LiquibaseSession.edited(e);
            if (edited.isEmpty()) {
                throw e;
            }
            return edited;
        }
    }

    private static List<ChangeSet> beforeLastApplied(
            Database database, DatabaseChangeLog changeLog, List<ChangeSet> pending) throws LiquibaseException {
        Set<ChangeSet> notApplied = new HashSet<>(pending);
        List<ChangeSet> before = new ArrayList<>();
        List<ChangeSet> candidates = new ArrayList<>();
        for (ChangeSet changeSet : changeLog.getChangeSets()) {
            if (notApplied.contains(changeSet)) {
                candidates.add(changeSet);
            } else if (LiquibaseSession.history(database).getRanChangeSet(changeSet) != null) {
                before.addAll(candidates);
                candidates.clear();
            }
        }
        return before;
    }

    @Override
    public void tag(String tag) {
        session.write((database, changeLog, transactions) -> {
            LiquibaseSession.history(database).tag(tag);
            return tag;
        });
    }

    static boolean hasLedger(Database database) {
        return ((StandardChangeLogHistoryService) LiquibaseSession.history(database)).hasDatabaseChangeLogTable();
    }

    private List<ChangeSet> pending(Database database, DatabaseChangeLog changeLog) throws LiquibaseException {
        ListVisitor pending = new ListVisitor();
        visitAll(database, changeLog, pending, new ShouldRunChangeSetFilter(database));
        return pending.getSeenChangeSets();
    }

    private void visitAll(
            Database database, DatabaseChangeLog changeLog, ChangeSetVisitor visitor, ChangeSetFilter... more)
            throws LiquibaseException {
        List<ChangeSetFilter> filters = new ArrayList<>(List.of(
                new ContextChangeSetFilter(source.contexts()),
                new LabelChangeSetFilter(source.labels()),
                new DbmsChangeSetFilter(database),
                new IgnoreChangeSetFilter()));
        filters.addAll(List.of(more));
        new ChangeLogIterator(changeLog, filters.toArray(ChangeSetFilter[]::new)).run(visitor, environment(database));
    }

    private ChangeLogIterator iterateBack(Database database, DatabaseChangeLog changeLog, RollbackPoint point)
            throws LiquibaseException {
        List<RanChangeSet> ran = database.getRanChangeSetList();
        ChangeSetFilter end = new CountChangeSetFilter(point.count());
        String tag = point.tag();
        if (tag != null) {
            requireTag(ran, tag);
            end = new AfterTagChangeSetFilter(tag, new ArrayList<>(ran), TagVersionEnum.NEWEST, changeLog);
        }
        return new ChangeLogIterator(ran, changeLog, new AlreadyRanChangeSetFilter(ran), end);
    }

    private void requireTag(List<RanChangeSet> ran, String tag) {
        if (ran.stream().noneMatch(one -> tag.equalsIgnoreCase(one.getTag()))) {
            throw new InvalidMigrationException(
                    source.toString(), "cannot be rolled back to the tag \"" + tag + "\": there is none", null);
        }
    }

    private RuntimeEnvironment environment(Database database) {
        return new RuntimeEnvironment(database, source.contexts(), source.labels());
    }

    private static List<String> names(List<ChangeSet> changeSets) {
        return changeSets.stream().map(one -> one.toString(false)).toList();
    }

    private static String name(RanChangeSet ran) {
        return ran.getChangeLog() + "::" + ran.getId() + "::" + ran.getAuthor();
    }
}
