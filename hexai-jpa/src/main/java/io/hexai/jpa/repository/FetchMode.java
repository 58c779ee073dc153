package io.hexai.jpa.repository;

import jakarta.persistence.Timeout;
import org.hibernate.Timeouts;
import org.jspecify.annotations.Nullable;

/** What the caller of a fetch means to do with the entities. */
enum FetchMode {
    CHANGE(null),
    LOCK(Timeouts.WAIT_FOREVER_MILLI),
    LOCK_NO_WAIT(Timeouts.NO_WAIT_MILLI),
    LOCK_SKIP_LOCKED(Timeouts.SKIP_LOCKED_MILLI),
    READ(null);

    private final @Nullable Integer lockTimeoutMillis;

    FetchMode(@Nullable Integer lockTimeoutMillis) {
        this.lockTimeoutMillis = lockTimeoutMillis;
    }

    static FetchMode locking(LockWait wait) {
        return switch (wait) {
            case WAIT -> LOCK;
            case NO_WAIT -> LOCK_NO_WAIT;
            case SKIP_LOCKED -> LOCK_SKIP_LOCKED;
        };
    }

    boolean isLocking() {
        return lockTimeoutMillis != null;
    }

    boolean isReadOnly() {
        return this == READ;
    }

    /** How long to wait for the lock; null if none is to be taken. */
    @Nullable
    Timeout lockTimeout() {
        return lockTimeoutMillis == null ? null : Timeout.milliseconds(lockTimeoutMillis);
    }
}
