package io.hexai.jpa.event;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** The header {@code createdAt}: ISO-8601 text in UTC, with three digits of a second where they suffice. */
final class HeaderTime {

    private static final DateTimeFormatter MILLISECONDS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    private static final String USUAL = "0000-00-00T00:00:00.000Z";
    private static final long SECONDS_A_DAY = 86_400;

    private HeaderTime() {}

    static String format(Instant time) {
        return time.equals(time.truncatedTo(ChronoUnit.MILLIS)) ? MILLISECONDS.format(time) : time.toString();
    }

    static @Nullable Instant parse(@Nullable Object text) {
        try {
            return text instanceof String iso
                    ? isUsual(iso)
                            ? parseUsual(iso)
                            : iso.endsWith("Z")
                                    ? Instant.parse(iso)
                                    : OffsetDateTime.parse(iso).toInstant()
                    : null;
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Digits where this format has them, and hours below 24, whose parts need no other care than those of a date. */
    private static boolean isUsual(String text) {
        if (text.length() != USUAL.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char expected = USUAL.charAt(i);
            char actual = text.charAt(i);
            if (expected == '0' ? actual < '0' || actual > '9' : actual != expected) {
                return false;
            }
        }
        return number(text, 11, 13) < 24 && number(text, 14, 16) < 60 && number(text, 17, 19) < 60;
    }

    /** The general parser took two fifths of the time to read an event. */
    private static Instant parseUsual(String text) {
        long day = LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10))
                .toEpochDay();
        long second = number(text, 11, 13) * 3_600L + number(text, 14, 16) * 60L + number(text, 17, 19);
        return Instant.ofEpochSecond(day * SECONDS_A_DAY + second, number(text, 20, 23) * 1_000_000L);
    }

    private static int number(String digits, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            number = number * 10 + digits.charAt(i) - '0';
        }
        return number;
    }
}
