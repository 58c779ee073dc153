package io.hexai.jpa.event;

/**
 * Up to where a transaction may read.
 *
 * @param position events up to here are decided, and what of them was committed is visible
 * @param appending whether the transaction may have events of its own beyond
 */
record Limit(long position, boolean appending) {

    static final Limit NONE = new Limit(Long.MAX_VALUE, false);
}
