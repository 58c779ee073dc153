package io.hexai.jpa.subscription;

/** Ends what an instance does that is not the owner any more, or may not go on; never leaves the package. */
final class LostOwnershipException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LostOwnershipException(String message) {
        super(message, null, false, false);
    }
}
