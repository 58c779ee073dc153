package io.hexai.jpa.transaction;

/** Undoes a registration when closed; closing it twice does no harm. Thread-safe. */
@FunctionalInterface
public interface Registration extends AutoCloseable {

    /** Undoes the registration. */
    @Override
    void close();
}
