package io.hexai.jpa;

import org.jspecify.annotations.Nullable;

/**
 * The root of every exception type that this library defines.
 *
 * <p>Concrete types are final, lie in the package of their feature, and carry what they tell as typed accessors. The
 * library never wraps an exception that the user's own code threw, and uses JPA's types where JPA has one.
 */
public abstract class HexaiJpaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what failed, with which values, and what to do about it
     * @param cause what led to it, or null
     */
    protected HexaiJpaException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
