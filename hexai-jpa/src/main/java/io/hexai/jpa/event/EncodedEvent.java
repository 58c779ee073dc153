package io.hexai.jpa.event;

/**
 * A message, and the JSON it is stored as.
 *
 * @param message the message
 * @param headers its headers as JSON
 * @param payload its payload as JSON
 */
public record EncodedEvent(EventMessage message, String headers, String payload) {

    /** About how much of a statement it takes. */
    long size() {
        return 64L + message.type().length() + headers.length() + payload.length();
    }
}
