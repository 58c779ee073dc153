package io.hexai.jpa.transaction;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What work holds by which it can send something past the connection of the scope: statements that it has prepared and not closed,
 * and the driver's own connection. Nearly always each statement is closed before the next is prepared. Confined to its thread.
 */
final class OpenHandles {

    private @Nullable PreparedStatement latest;
    private List<PreparedStatement> others = List.of();
    private boolean driver;

    void add(PreparedStatement statement) throws SQLException {
        PreparedStatement before = latest;
        if (before != null && !before.isClosed()) {
            others = stillOpen();
            others.add(before);
        }
        latest = statement;
    }

    private List<PreparedStatement> stillOpen() throws SQLException {
        List<PreparedStatement> open = new ArrayList<>(others.size() + 1);
        for (PreparedStatement other : others) {
            if (!other.isClosed()) {
                open.add(other);
            }
        }
        return open;
    }

    /** From now on, there is no telling. */
    void addDriver() {
        driver = true;
    }

    boolean includeDriver() {
        return driver;
    }

    boolean areOpen() throws SQLException {
        if (driver || latest != null && !latest.isClosed()) {
            return true;
        }
        latest = null;
        others = others.isEmpty() ? others : stillOpen();
        return !others.isEmpty();
    }
}
