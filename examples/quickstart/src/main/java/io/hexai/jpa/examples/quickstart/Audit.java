package io.hexai.jpa.examples.quickstart;

import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.transaction.IsolationLevel;
import io.hexai.jpa.transaction.UnitOfWork;
import java.util.List;

/** Compares what the events tell with what the tables hold. */
record Audit(Summary summary, List<String> differences) {

    /** Both are read in one snapshot, so that whoever else writes cannot come in between. */
    static Audit of(UnitOfWork unitOfWork, EventStore events) {
        return unitOfWork
                .with(options ->
                        options.withIsolation(IsolationLevel.REPEATABLE_READ).withReadOnly(true))
                .call(em -> {
                    Summary tables = ShopTables.summary(em);
                    Summary replayed = EventReplay.of(events);
                    return new Audit(replayed, replayed.differencesFrom(tables, "the events say", "the tables"));
                });
    }

    boolean agrees() {
        return differences.isEmpty();
    }
}
