package io.hexai.jpa.transaction;

/** The two phases of hooks before a commit: all of {@link #MAIN}, whatever the order of registration, then {@link #DRAIN}. */
public enum CommitPhase {
    /** For hooks that still change entities or raise events. */
    MAIN,

    /** For hooks that collect what the work and the hooks of {@link #MAIN} left, such as raised events. */
    DRAIN
}
