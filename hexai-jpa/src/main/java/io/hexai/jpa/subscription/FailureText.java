package io.hexai.jpa.subscription;

/** Writes a failure with its causes, without their stack traces. */
final class FailureText {

    private static final int MAX_CAUSES = 20;

    private FailureText() {}

    static String of(Throwable failure) {
        StringBuilder text = new StringBuilder(failure.toString());
        Throwable cause = failure.getCause();
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            text.append("; caused by ").append(cause);
            cause = cause.getCause();
        }
        // PostgreSQL's text has no such character.
        return text.toString().replace('\0', '\uFFFD');
    }
}
