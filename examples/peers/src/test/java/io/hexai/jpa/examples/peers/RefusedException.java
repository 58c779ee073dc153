package io.hexai.jpa.examples.peers;

/** The application's own failure, which leaves a scope and is caught outside of it. */
final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RefusedException() {
        super("refused");
    }
}
