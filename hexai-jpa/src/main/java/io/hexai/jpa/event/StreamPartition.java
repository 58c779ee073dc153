package io.hexai.jpa.event;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * One of several parts into which streams are divided, by 28 bits of the MD5 of their names: every version of the server,
 * and Java, computes the same.
 */
record StreamPartition(int number, int count) {

    static final StreamPartition ALL = new StreamPartition(0, 1);

    StreamPartition {
        if (count < 1 || number < 0 || number >= count) {
            throw new IllegalArgumentException("Partitions are numbered from 0 to their count less one, but " + number
                    + " of " + count + " was asked.");
        }
    }

    /** A condition without parameters that begins with AND, or nothing. */
    String sql(String streamId) {
        return count == 1
                ? ""
                : " AND (CASE WHEN " + streamId + " IS NULL THEN 0 ELSE ('x' || left(md5(" + streamId
                        + "), 7))::bit(28)::integer % " + count + " END) = " + number;
    }

    boolean contains(@Nullable StreamId stream) {
        return count == 1 || (stream == null ? 0 : hash(stream.toString()) % count) == number;
    }

    private static int hash(String text) {
        byte[] digest;
        try {
            digest = MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has MD5.", e);
        }
        return (digest[0] & 255) << 20 | (digest[1] & 255) << 12 | (digest[2] & 255) << 4 | (digest[3] & 255) >> 4;
    }
}
