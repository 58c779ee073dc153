package io.hexai.jpa.repository;

/** What a fetch for update does about rows that another transaction has locked. */
public enum LockWait {

    /** Waits until the other transaction ends, or the lock timeout passes. */
    WAIT,

    /**
     * Fails at once with {@link jakarta.persistence.LockTimeoutException} or
     * {@link jakarta.persistence.PessimisticLockException}, which dooms the scope: catch it around a nested one.
     */
    NO_WAIT,

    /** Leaves such rows out, as if they were not there: for tables that serve as queues. */
    SKIP_LOCKED
}
