package io.hexai.jpa.test;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The faults of a database that have yet to strike. */
final class ArmedFaults implements JdbcObserver {

    private final List<ArmedFault> armed = new ArrayList<>();
    private final ThreadLocal<@Nullable FaultEffect> striking = new ThreadLocal<>();

    synchronized void arm(ArmedFault fault) {
        armed.add(fault);
    }

    synchronized int pending() {
        return armed.size();
    }

    synchronized void clear() {
        armed.clear();
    }

    /** All count, and the first whose moment it is strikes; of others the moment passes with it. */
    private synchronized @Nullable FaultEffect next(@Nullable ExecutedStatement statement) {
        FaultEffect effect = null;
        for (Iterator<ArmedFault> faults = armed.iterator(); faults.hasNext(); ) {
            ArmedFault fault = faults.next();
            if (fault.strikesAt(statement)) {
                faults.remove();
                effect = effect == null ? fault.effect() : effect;
            }
        }
        return effect;
    }

    private void before(Connection physical, String prelude, @Nullable ExecutedStatement statement)
            throws SQLException {
        FaultEffect effect = next(statement);
        if (effect != null) {
            striking.set(effect);
            effect.before(physical, prelude);
        }
    }

    private void after(Connection physical, boolean succeeded) throws SQLException {
        FaultEffect effect = striking.get();
        striking.remove();
        if (effect != null && succeeded) {
            effect.after(physical);
        }
    }

    @Override
    public void beforeStatement(Connection physical, String prelude, ExecutedStatement statement) throws SQLException {
        before(physical, prelude, statement);
    }

    @Override
    public void afterStatement(Connection physical, boolean succeeded) throws SQLException {
        after(physical, succeeded);
    }

    @Override
    public void beforeCommit(Connection physical) throws SQLException {
        before(physical, "", null);
    }

    @Override
    public void afterCommit(Connection physical) throws SQLException {
        after(physical, true);
    }
}
