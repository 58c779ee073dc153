package io.hexai.jpa.mapping;

import java.io.PrintWriter;
import java.io.StringWriter;

/** What a log shows of a failure. */
final class StackTraces {

    private StackTraces() {}

    static String of(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
