package io.hexai.jpa.transaction;

/** Lets the user's own exception leave as it is where a signature cannot name it. */
final class Sneaky {

    private Sneaky() {}

    static RuntimeException rethrow(Throwable failure) {
        return Sneaky.<RuntimeException>as(failure);
    }

    @SuppressWarnings("unchecked") // the cast is erased, which is the point
    private static <X extends Throwable> RuntimeException as(Throwable failure) throws X {
        throw (X) failure;
    }
}
