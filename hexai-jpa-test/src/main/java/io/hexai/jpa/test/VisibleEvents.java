package io.hexai.jpa.test;

import java.util.List;

/**
 * What a transaction sees.
 *
 * @param decided events up to where nothing can appear any more
 * @param ownBeyond the transaction's own events behind what another one may still fill in
 */
record VisibleEvents(List<InMemoryRow> decided, List<InMemoryRow> ownBeyond) {

    long last() {
        return decided.isEmpty() ? 0 : decided.get(decided.size() - 1).position();
    }
}
