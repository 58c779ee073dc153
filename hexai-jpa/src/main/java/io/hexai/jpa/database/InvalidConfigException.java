package io.hexai.jpa.database;

import io.hexai.jpa.HexaiJpaException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A configuration is missing or wrong. Tells everything that is wrong at once, each with the name of the variable or
 * setting that it came from, and never a password.
 */
public final class InvalidConfigException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final ConfigFault[] faults;

    InvalidConfigException(List<ConfigFault> faults) {
        super(message(faults), null);
        this.faults = faults.toArray(ConfigFault[]::new);
    }

    private static String message(List<ConfigFault> faults) {
        return faults.stream()
                .map(ConfigFault::toString)
                .collect(Collectors.joining("\n  - ", "Invalid configuration:\n  - ", ""));
    }

    /**
     * Returns everything that is wrong, in the order in which it was found.
     *
     * @return at least one fault
     */
    public List<ConfigFault> faults() {
        return List.of(faults);
    }
}
