package io.hexai.jpa.database;

import io.hexai.jpa.HexaiJpaException;
import java.util.List;
import java.util.stream.Collectors;

/** The database does not hold what the mapping of a factory needs. */
public final class SchemaMismatchException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final SchemaDifference[] differences;

    SchemaMismatchException(List<SchemaDifference> differences) {
        super(
                "The database does not fit the mapping; correct the entities, or add a migration:\n  "
                        + differences.stream().map(SchemaDifference::toString).collect(Collectors.joining("\n  ")),
                null);
        this.differences = differences.toArray(SchemaDifference[]::new);
    }

    /**
     * Returns all differences.
     *
     * @return at least one
     */
    public List<SchemaDifference> differences() {
        return List.of(differences);
    }
}
