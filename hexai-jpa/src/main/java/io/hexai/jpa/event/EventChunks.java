package io.hexai.jpa.event;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Events as JSON, in chunks of bounded size, made one after another. The first is made at once: most lists have no other,
 * and what cannot be stored is then refused before there is a transaction to doom.
 */
final class EventChunks implements Iterator<List<EncodedEvent>> {

    private static final long MAX_SIZE = 2_000_000;
    private static final int MAX_EVENTS = 10_000;

    private final Iterator<EventMessage> messages;
    private final EventJson json;
    private List<EncodedEvent> prepared;

    EventChunks(List<EventMessage> messages, EventJson json) {
        this.messages = messages.iterator();
        this.json = json;
        this.prepared = encodeNext();
    }

    @Override
    public boolean hasNext() {
        return !prepared.isEmpty();
    }

    @Override
    public List<EncodedEvent> next() {
        if (prepared.isEmpty()) {
            throw new NoSuchElementException();
        }
        List<EncodedEvent> next = prepared;
        prepared = encodeNext();
        return next;
    }

    private List<EncodedEvent> encodeNext() {
        List<EncodedEvent> chunk = new ArrayList<>();
        for (long size = 0; size < MAX_SIZE && chunk.size() < MAX_EVENTS && messages.hasNext(); ) {
            EncodedEvent event = json.encode(messages.next());
            chunk.add(event);
            size += event.size();
        }
        return chunk;
    }
}
