package io.hexai.jpa.transaction;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was set of a statement before it is prepared, and its parameters. Confined to its thread. */
final class StatementSettings {

    /** The protocol counts parameters in two bytes. */
    private static final int MOST_PARAMETERS = 65_535;

    private static final String INVALID_PARAMETER = "22023";

    private @Nullable Setting[] parameters = new Setting[4];
    private int highest;
    private Map<String, Setting> others = Map.of();

    /** One call of a setter. */
    interface Setting {
        void applyTo(PreparedStatement statement) throws SQLException;
    }

    /** What is set for a second time replaces the first. */
    void set(int parameter, Setting setting) throws SQLException {
        if (parameter < 1 || parameter > MOST_PARAMETERS) {
            throw new SQLException(
                    "Parameters are numbered from 1 to " + MOST_PARAMETERS + ", but " + parameter + " was set.",
                    INVALID_PARAMETER);
        }
        if (parameter > parameters.length) {
            parameters = Arrays.copyOf(parameters, Math.max(parameter, 2 * parameters.length));
        }
        parameters[parameter - 1] = setting;
        highest = Math.max(highest, parameter);
    }

    /** Sets what is no parameter. */
    void set(String name, Setting setting) {
        if (others.isEmpty()) {
            others = new LinkedHashMap<>();
        }
        others.put(name, setting);
    }

    void clearParameters() {
        Arrays.fill(parameters, 0, highest, null);
        highest = 0;
    }

    void applyTo(PreparedStatement statement) throws SQLException {
        for (Setting setting : others.values()) {
            setting.applyTo(statement);
        }
        for (int i = 0; i < highest; i++) {
            Setting setting = parameters[i];
            if (setting != null) {
                setting.applyTo(statement);
            }
        }
    }
}
