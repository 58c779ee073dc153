package io.hexai.jpa.repository;

import io.hexai.jpa.HexaiJpaException;

/** Thrown if a domain object's identity and its entity's identifier differ, or the identity has changed. */
public final class IdentityMismatchException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final Class<?> repositoryClass;
    private final transient Object identifier;
    private final transient Object identity;

    IdentityMismatchException(Class<?> repositoryClass, Object identifier, Object identity) {
        super(
                "In " + repositoryClass.getSimpleName() + ", the domain object of the entity with identifier "
                        + identifier + " has the identity " + identity + ". An identity never changes, and both"
                        + " toDomain and copyTo must carry it over; for another identity add a new domain object.",
                null);
        this.repositoryClass = repositoryClass;
        this.identifier = identifier;
        this.identity = identity;
    }

    /**
     * Returns the repository's class.
     *
     * @return the class
     */
    public Class<?> repositoryClass() {
        return repositoryClass;
    }

    /**
     * Returns the entity's identifier.
     *
     * @return the identifier
     */
    public Object identifier() {
        return identifier;
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
