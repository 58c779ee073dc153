package io.hexai.jpa.event;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/** Makes UUIDs of version 7: milliseconds, a fraction of the millisecond in 12 bits, 62 random bits (RFC 9562, 6.2). */
final class MessageId {

    private static final SecureRandom RANDOM = new SecureRandom();

    private MessageId() {}

    static String at(Instant time) {
        long nanoseconds =
                Duration.between(time.truncatedTo(ChronoUnit.MILLIS), time).toNanos();
        long fraction = nanoseconds * 4096 / 1_000_000;
        long high = time.toEpochMilli() << 16 | 0x7000 | fraction;
        long low = RANDOM.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }
}
