package io.hexai.jpa.examples.quickstart;

/** A line that is no order. */
final class BadLineException extends Exception {

    private static final long serialVersionUID = 1;

    BadLineException(long number, String reason) {
        super("line " + number + ": " + reason);
    }
}
