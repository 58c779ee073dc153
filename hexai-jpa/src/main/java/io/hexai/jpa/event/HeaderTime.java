package io.hexai.jpa.event;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** The header {@code createdAt}: ISO-8601 text in UTC, with three digits of a second where they suffice. */
final class HeaderTime {

    private static final DateTimeFormatter MILLISECONDS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    private HeaderTime() {}

    static String format(Instant time) {
        return time.truncatedTo(ChronoUnit.MILLIS).equals(time) ? MILLISECONDS.format(time) : time.toString();
    }

    static @Nullable Instant parse(@Nullable Object text) {
        try {
            return text instanceof String iso ? OffsetDateTime.parse(iso).toInstant() : null;
        } catch (DateTimeException e) {
            return null;
        }
    }
}
