package io.hexai.jpa.query;

import java.time.LocalTime;
import java.time.OffsetTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/** Reads arrays of time and timetz, of which the driver makes {@code java.sql.Time}, without fractions and without offsets. */
final class TimeArray {

    private static final DateTimeFormatter WITH_OFFSET = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .appendOffset("+HH:mm:ss", "+00")
            .toFormatter();

    private TimeArray() {}

    /** Times hold nothing that an array's literal would quote. */
    static List<@Nullable Object> parse(String literal, String elementType) {
        Deque<List<@Nullable Object>> open = new ArrayDeque<>();
        open.push(new ArrayList<>());
        StringTokenizer tokens = new StringTokenizer(literal, "{},", true);
        while (tokens.hasMoreTokens()) {
            String token = tokens.nextToken();
            switch (token) {
                case "{" -> open.push(new ArrayList<>());
                case "}" -> {
                    List<@Nullable Object> list = Collections.unmodifiableList(open.pop());
                    open.element().add(list);
                }
                case "," -> {}
                case "NULL" -> open.element().add(null);
                default -> open.element().add(elementType.equals("timetz") ? offsetTime(token) : localTime(token));
            }
        }
        @SuppressWarnings("unchecked") // the literal is one array, and what its braces made of it
        List<@Nullable Object> array = (List<@Nullable Object>) open.pop().get(0);
        return array;
    }

    /** The end of the day is what the driver makes of it outside of arrays. */
    private static LocalTime localTime(String text) {
        return text.equals("24:00:00") ? LocalTime.MAX : LocalTime.parse(text);
    }

    private static OffsetTime offsetTime(String text) {
        return text.startsWith("24:00:00") ? OffsetTime.MAX : OffsetTime.parse(text, WITH_OFFSET);
    }
}
