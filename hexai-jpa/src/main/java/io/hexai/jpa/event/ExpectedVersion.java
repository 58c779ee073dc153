package io.hexai.jpa.event;

/** What an append expects of its stream: {@link #any()}, {@link #noStream()} or {@link #exactly(long)}. Immutable. */
public sealed interface ExpectedVersion {

    /**
     * Expects nothing: the events go to the end of the stream, wherever that is.
     *
     * @return the expectation
     */
    static ExpectedVersion any() {
        return Any.ANY;
    }

    /**
     * Expects that the stream has no event yet.
     *
     * @return the expectation
     */
    static ExpectedVersion noStream() {
        return new Exactly(0);
    }

    /**
     * Expects that the last event of the stream has a version.
     *
     * @param version the last event's version; 0 means that there is none
     * @return the expectation
     * @throws IllegalArgumentException if the version is negative
     */
    static ExpectedVersion exactly(long version) {
        return new Exactly(version);
    }

    /**
     * Tells whether a stream is as expected.
     *
     * @param actual the version of its last event, or 0
     * @return true if the append may go on
     */
    boolean isMetBy(long actual);

    /** Expects nothing. */
    enum Any implements ExpectedVersion {
        /** The only one. */
        ANY;

        @Override
        public boolean isMetBy(long actual) {
            return true;
        }

        @Override
        public String toString() {
            return "any version";
        }
    }

    /**
     * Expects one version.
     *
     * @param version of the stream's last event; 0 means that there is none
     */
    record Exactly(long version) implements ExpectedVersion {

        /**
         * Creates the expectation.
         *
         * @param version of the stream's last event; 0 means that there is none
         */
        public Exactly {
            if (version < 0) {
                throw new IllegalArgumentException(
                        "A stream's version is 0 or greater, but " + version + " was expected.");
            }
        }

        @Override
        public boolean isMetBy(long actual) {
            return actual == version;
        }

        @Override
        public String toString() {
            return version == 0 ? "no stream" : "version " + version;
        }
    }
}
