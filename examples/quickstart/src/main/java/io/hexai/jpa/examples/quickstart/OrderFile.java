package io.hexai.jpa.examples.quickstart;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.util.Optional;

/** A file of one order a line, read as it is consumed. Thread-safe: many threads may take lines from it. */
final class OrderFile implements AutoCloseable {

    private final InputStream in;
    private final long size;
    private long linesRead;
    private boolean ended;

    private OrderFile(InputStream in, long size) {
        this.in = in;
        this.size = size;
    }

    static OrderFile open(URL url) throws IOException {
        URLConnection connection = url.openConnection();
        return new OrderFile(new BufferedInputStream(connection.getInputStream()), connection.getContentLengthLong());
    }

    /** Returns the size in bytes, or -1 if nobody knows it. */
    long size() {
        return size;
    }

    synchronized long linesRead() {
        return linesRead;
    }

    /** Returns the next line that is not blank, or empty at the end. */
    synchronized Optional<FileLine> next() throws IOException {
        while (!ended) {
            FileLine line = readLine();
            if (!line.isBlank()) {
                return Optional.of(line);
            }
        }
        return Optional.empty();
    }

    /** Bytes, for a line may be broken in its encoding too. */
    private FileLine readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(256);
        int next = in.read();
        while (next >= 0 && next != '\n') {
            line.write(next);
            next = in.read();
        }
        ended = next < 0;
        linesRead += ended && line.size() == 0 ? 0 : 1;
        return new FileLine(linesRead, line.toByteArray());
    }

    /** Makes this the end: nobody gets another line. */
    synchronized void stop() {
        ended = true;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
