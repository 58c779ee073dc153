package io.hexai.jpa.examples.quickstart;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectReader;

/** A line of a file, not understood yet. */
final class FileLine {

    private static final ObjectReader ORDERS = Json.readerFor(IncomingOrder.class);

    private static final Pattern END_OF_REASON = Pattern.compile(": was expecting| \\(|;");

    private final long number;
    private final byte[] text;

    FileLine(long number, byte[] text) {
        this.number = number;
        this.text = text;
    }

    boolean isBlank() {
        return new String(text, StandardCharsets.ISO_8859_1).isBlank();
    }

    /** Returns the number of bytes, the line's end included. */
    long size() {
        return text.length + 1L;
    }

    IncomingOrder parse() throws BadLineException {
        IncomingOrder order;
        try {
            order = ORDERS.readValue(text);
        } catch (JacksonException e) {
            throw new BadLineException(number, reasonOf(e));
        }
        if (order == null) {
            throw new BadLineException(number, "null is not an order");
        }
        return order;
    }

    /** The reason without what only a programmer of the parser needs, and with the property that it is about. */
    private static String reasonOf(JacksonException e) {
        String message = e.getCause() instanceof IllegalArgumentException refused
                ? String.valueOf(refused.getMessage())
                : END_OF_REASON.split(e.getOriginalMessage(), 2)[0];
        List<JacksonException.Reference> path = e.getPath();
        String property = path.isEmpty() ? null : path.get(path.size() - 1).getPropertyName();
        return property == null ? message : property + ": " + message;
    }
}
