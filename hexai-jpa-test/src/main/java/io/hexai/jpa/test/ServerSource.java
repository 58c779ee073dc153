package io.hexai.jpa.test;

import io.hexai.jpa.database.PostgresConfig;

/** One way to come by a server for tests. */
interface ServerSource {

    /** Starts or finds the server, or tells why there is none to be had this way. */
    Offer offer();

    /** What a source answers. */
    sealed interface Offer {}

    /**
     * A server that runs; its description completes "the tests run on …". One that is shared goes on when this JVM ends, and
     * others may use it.
     */
    record Server(String description, PostgresConfig config, boolean shared) implements Offer {}

    /** Why a source has no server, as half a sentence. */
    record Nothing(String reason) implements Offer {}
}
