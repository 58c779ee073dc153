package io.hexai.jpa.event;

/** A message, and the JSON it is stored as. */
record EncodedEvent(EventMessage message, String headers, String payload) {

    /** About how much of a statement it takes. */
    long size() {
        return 64L + message.type().length() + headers.length() + payload.length();
    }
}
