package io.hexai.jpa.repository;

import io.hexai.jpa.HexaiJpaException;
import org.jspecify.annotations.Nullable;

/**
 * Thrown where a domain object would be used or written that still carries what a nested scope changed before it rolled
 * back, because it could not be put back to its entity's state.
 */
public final class DomainObjectNotRestoredException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final Class<?> domainClass;
    private final transient Object identity;

    DomainObjectNotRestoredException(
            Class<?> repositoryClass, Class<?> domainClass, Object identity, @Nullable Throwable cause) {
        super(
                "A nested scope rolled back, and the " + domainClass.getSimpleName() + " with identity " + identity
                        + " could not be put back to its state before. Override restore in "
                        + repositoryClass.getSimpleName() + " so that copyTo finds no difference afterwards; or"
                        + " untrack the object after the nested scope and find it again.",
                cause);
        this.domainClass = domainClass;
        this.identity = identity;
    }

    /**
     * Returns the domain object's class.
     *
     * @return the class
     */
    public Class<?> domainClass() {
        return domainClass;
    }

    /**
     * Returns the domain object's identity.
     *
     * @return the identity
     */
    public Object identity() {
        return identity;
    }
}
