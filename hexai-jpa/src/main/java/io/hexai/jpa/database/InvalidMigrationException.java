package io.hexai.jpa.database;

import io.hexai.jpa.HexaiJpaException;
import org.jspecify.annotations.Nullable;

/** A changelog or migration cannot be run as it is: missing, unreadable, misnamed or malformed. Nothing of it was run. */
public final class InvalidMigrationException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final String location;

    /**
     * Creates the exception.
     *
     * @param location the changelog, directory or file
     * @param reason what is wrong with it, and what to do
     * @param cause what led to it, or null
     */
    public InvalidMigrationException(String location, String reason, @Nullable Throwable cause) {
        super(location + ": " + reason, cause);
        this.location = location;
    }

    /**
     * Returns what cannot be run.
     *
     * @return the changelog, directory or file
     */
    public String location() {
        return location;
    }
}
