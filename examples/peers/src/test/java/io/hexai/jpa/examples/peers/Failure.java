package io.hexai.jpa.examples.peers;

import java.util.function.Function;

/** The nine ways in which a unit of work is known to go wrong, each with what should happen instead. */
enum Failure {
    LOST_UPDATE("Lost update after a nested rollback", "kept", NestedRollback::lostUpdate),
    GHOST_ENTITY("Ghost entity", "gone", NestedRollback::ghostEntity),
    STALE_VERSION("Stale version", "kept", NestedRollback::staleVersion),
    LEAK("Leak of unflushed changes", "undone", NestedRollback::leak),
    RESURRECTED_REMOVAL("Resurrected removal", "kept", NestedRollback::resurrectedRemoval),
    CAUGHT_VIOLATION("Silent rollback after a caught violation", "kept", ScopeEnd::caughtViolation),
    UNFLUSHED_VIOLATION("Unflushed violation killing the outer", "kept", ScopeEnd::unflushedViolation),
    HOOKS("Hooks of a rolled-back scope", "dropped", ScopeEnd::hooks),
    SWALLOWED_JOINED_FAILURE(
            "Swallowed joined failure",
            "`UnexpectedRollbackException`, nothing written",
            ScopeEnd::swallowedJoinedFailure);

    private final String title;
    private final String right;
    private final Function<Trial, String> program;

    Failure(String title, String right, Function<Trial, String> program) {
        this.title = title;
        this.right = right;
        this.program = program;
    }

    String title() {
        return title;
    }

    /** The outcome that loses nothing and reports no success for work that is not there. */
    String right() {
        return right;
    }

    String observe(Trial trial) {
        return program.apply(trial);
    }
}
