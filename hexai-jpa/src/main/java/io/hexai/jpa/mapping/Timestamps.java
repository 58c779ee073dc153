package io.hexai.jpa.mapping;

import jakarta.persistence.Embeddable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When a row was inserted and last updated, kept by the library: an entity declares {@code @Embedded private Timestamps
 * timestamps;} and reads it. Immutable.
 *
 * <p>Both times are set when the row is inserted, the second one with each update of it, from the clock of {@link #CLOCK}
 * to the microsecond, as PostgreSQL keeps it. Nothing is written because of the times alone. A change of a collection counts
 * if it increments the entity's version. Statements of one's own (SQL, and {@code update} in JPQL) set no times.
 *
 * <p>While management is on, a value that the application sets is replaced; a new one set while all else is unchanged
 * makes for an update, and so for a current {@code updatedAt}. While it is off, the application's values are written
 * as they are.
 *
 * @param createdAt when the row was inserted; null only if the row was written while management was off
 * @param updatedAt when the row was last updated, or inserted; null only if the row was written while management was off
 */
@Embeddable
public record Timestamps(
        @Nullable Instant createdAt, @Nullable Instant updatedAt) {

    /**
     * The name of the property that turns management off: {@code false} among the properties of the factory for all of
     * it, or by {@code entityManager.setProperty(Timestamps.MANAGED, false)} until the unit of work ends, say for an import. A
     * flush reads it. On by default; what the entity manager says goes before what the factory says.
     */
    public static final String MANAGED = "hexai.timestamps.managed";

    /** The name of the factory's property that holds the {@link java.time.Clock} to use, by default the system's. */
    public static final String CLOCK = "hexai.timestamps.clock";
}
