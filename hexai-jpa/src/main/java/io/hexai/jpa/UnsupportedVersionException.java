package io.hexai.jpa;

/**
 * Thrown at the start, before any work runs, when PostgreSQL or Hibernate has a version that the library does not work
 * with.
 */
public final class UnsupportedVersionException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final String product;
    private final String found;
    private final String supported;

    /**
     * Creates the exception; applications do not.
     *
     * @param product the name of what is too old or too new
     * @param found its version
     * @param supported the versions that work
     * @param remedy what to do, a sentence
     */
    public UnsupportedVersionException(String product, String found, String supported, String remedy) {
        super(
                "This is " + product + " " + found + ", and the library works with " + product + " " + supported + ". "
                        + remedy,
                null);
        this.product = product;
        this.found = found;
        this.supported = supported;
    }

    /**
     * Returns what has the wrong version.
     *
     * @return {@code PostgreSQL} or {@code Hibernate ORM}
     */
    public String product() {
        return product;
    }

    /**
     * Returns the version that was found.
     *
     * @return as the product itself names it
     */
    public String found() {
        return found;
    }

    /**
     * Returns the versions that work.
     *
     * @return a range, to be read by people
     */
    public String supported() {
        return supported;
    }
}
