package io.hexai.jpa.query;

import java.sql.Array;
import java.sql.Date;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGInterval;
import org.postgresql.util.PGobject;

/** Reads rows into values that no longer depend on the driver: {@code java.time}, lists for arrays, JSON as text. */
final class ColumnReader {

    private ColumnReader() {}

    static @Nullable Object[] row(ResultSet rows, Columns columns) throws SQLException {
        @Nullable Object[] values = new Object[columns.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(rows, i + 1, columns.type(i));
        }
        return values;
    }

    private static @Nullable Object value(ResultSet rows, int index, String type) throws SQLException {
        return switch (type) {
            case "timestamptz" -> rows.getObject(index, OffsetDateTime.class);
            case "timestamp" -> rows.getObject(index, LocalDateTime.class);
            case "date" -> rows.getObject(index, LocalDate.class);
            case "time" -> rows.getObject(index, LocalTime.class);
            case "timetz" -> rows.getObject(index, OffsetTime.class);
            case "json", "jsonb" -> {
                String text = rows.getString(index);
                yield text == null ? null : new JsonText(text);
            }
            case "money", "xml", "bit", "varbit" -> rows.getString(index);
            default -> independent(rows.getObject(index), type);
        };
    }

    private static @Nullable Object independent(@Nullable Object value, String type) throws SQLException {
        if (value instanceof Array array) {
            String elementType = array.getBaseTypeName();
            return switch (elementType) {
                case "time", "timetz" -> TimeArray.parse(array.toString(), elementType);
                default -> list((Object[]) array.getArray(), elementType);
            };
        }
        if (value instanceof PGInterval interval) {
            return interval(interval);
        }
        if (value instanceof PGobject object) {
            return isJson(type) && object.getValue() != null ? new JsonText(object.getValue()) : object.getValue();
        }
        if (value instanceof Timestamp timestamp) {
            return type.equals("timestamptz")
                    ? timestamp.toInstant().atOffset(ZoneOffset.UTC)
                    : timestamp.toLocalDateTime();
        }
        if (value instanceof Date date) {
            return date.toLocalDate();
        }
        return value instanceof String text && isJson(type) ? new JsonText(text) : value;
    }

    private static boolean isJson(String type) {
        return type.equals("json") || type.equals("jsonb");
    }

    /** Months have no length in hours: what has both is only a text. */
    private static @Nullable Object interval(PGInterval interval) {
        int months = interval.getYears() * 12 + interval.getMonths();
        Duration time = Duration.ofHours(interval.getHours())
                .plusMinutes(interval.getMinutes())
                .plusSeconds(interval.getWholeSeconds())
                .plusNanos(interval.getMicroSeconds() * 1_000L);
        if (months == 0) {
            return time.plusDays(interval.getDays());
        }
        return time.isZero()
                ? Period.of(interval.getYears(), interval.getMonths(), interval.getDays())
                : interval.getValue();
    }

    private static List<@Nullable Object> list(@Nullable Object[] elements, String elementType) throws SQLException {
        List<@Nullable Object> list = new ArrayList<>(elements.length);
        for (Object element : elements) {
            list.add(
                    element instanceof Object[] nested ? list(nested, elementType) : independent(element, elementType));
        }
        return Collections.unmodifiableList(list);
    }
}
