package io.hexai.jpa.subscription;

import java.time.Duration;

/** Says that failures count as the event's own which used to be thought to pass; never leaves the package. */
final class OutOfPatienceException extends Exception {

    private static final long serialVersionUID = 1L;

    OutOfPatienceException(Duration patience, Throwable cause) {
        super("such failures usually pass, but this one has outlasted the patience of " + patience, cause);
    }
}
