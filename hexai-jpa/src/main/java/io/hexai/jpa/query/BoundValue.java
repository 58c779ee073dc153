package io.hexai.jpa.query;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGobject;
import tools.jackson.databind.JsonNode;

/** A value on its way to the server: a scalar, or the elements of an array. */
record BoundValue(@Nullable Object value) {

    /** Names of element types, for arrays whose elements are of these classes. */
    private static final Map<Class<?>, String> ELEMENT_TYPES = Map.ofEntries(
            Map.entry(String.class, "text"),
            Map.entry(byte[].class, "bytea"),
            Map.entry(Integer.class, "int4"),
            Map.entry(Long.class, "int8"),
            Map.entry(Short.class, "int2"),
            Map.entry(Boolean.class, "bool"),
            Map.entry(UUID.class, "uuid"),
            Map.entry(BigDecimal.class, "numeric"),
            Map.entry(Double.class, "float8"),
            Map.entry(Float.class, "float4"),
            Map.entry(OffsetDateTime.class, "timestamptz"),
            Map.entry(LocalDate.class, "date"),
            Map.entry(LocalDateTime.class, "timestamp"),
            Map.entry(LocalTime.class, "time"));

    /** Types that the driver takes as they are. */
    private static final List<Class<?>> SCALARS = List.of(
            String.class,
            byte[].class,
            Untyped.class,
            Integer.class,
            Long.class,
            Short.class,
            Byte.class,
            Float.class,
            Double.class,
            BigDecimal.class,
            Boolean.class,
            UUID.class,
            LocalDate.class,
            LocalDateTime.class,
            LocalTime.class,
            OffsetDateTime.class,
            OffsetTime.class,
            Date.class,
            Time.class,
            Timestamp.class,
            PGobject.class);

    /** Brings a value that a user gave into a form that {@link #bindTo} knows; refuses classes that it does not know. */
    static BoundValue of(@Nullable Object given, Function<Class<?>, QueryParameterException> refusal) {
        List<@Nullable Object> elements = given == null ? null : elements(given);
        if (elements == null) {
            return new BoundValue(scalar(given, refusal));
        }
        List<@Nullable Object> converted = new ArrayList<>(elements.size());
        elements.forEach(element -> converted.add(scalar(element, refusal)));
        return new BoundValue(Collections.unmodifiableList(converted));
    }

    private static @Nullable List<@Nullable Object> elements(Object given) {
        if (given instanceof Collection<?> collection) {
            return new ArrayList<>(collection);
        }
        if (!given.getClass().isArray() || given instanceof byte[]) {
            return null;
        }
        List<@Nullable Object> elements = new ArrayList<>(Array.getLength(given));
        for (int i = 0; i < Array.getLength(given); i++) {
            elements.add(Array.get(given, i));
        }
        return elements;
    }

    private static @Nullable Object scalar(
            @Nullable Object given, Function<Class<?>, QueryParameterException> refusal) {
        Object value = given;
        if (given instanceof Instant instant) {
            value = instant.atOffset(ZoneOffset.UTC);
        } else if (given instanceof ZonedDateTime time) {
            value = time.toOffsetDateTime();
        } else if (given instanceof BigInteger integer) {
            value = new BigDecimal(integer);
        } else if (given instanceof Enum<?> constant) {
            value = new Untyped(constant.name());
        } else if (given instanceof Duration || given instanceof Period) {
            value = typed("interval", given.toString());
        } else if (given instanceof Character) {
            value = given.toString();
        } else if (given instanceof JsonNode json) {
            value = typed("jsonb", json.toString());
        }
        if (value != null && !isScalar(value)) {
            throw refusal.apply(value.getClass());
        }
        return value;
    }

    private static boolean isScalar(Object value) {
        return SCALARS.stream().anyMatch(type -> type.isInstance(value));
    }

    private static PGobject typed(String type, String text) {
        try {
            PGobject object = new PGobject();
            object.setType(type);
            object.setValue(text);
            return object;
        } catch (SQLException e) {
            throw new IllegalStateException("The driver refuses no text", e);
        }
    }

    boolean isArray() {
        return value instanceof List<?>;
    }

    List<BoundValue> elements() {
        List<BoundValue> elements = new ArrayList<>();
        if (value instanceof List<?> list) {
            list.forEach(element -> elements.add(new BoundValue(element)));
        }
        return elements;
    }

    void bindTo(PreparedStatement statement, int index) throws SQLException {
        if (value == null) {
            statement.setNull(index, Types.NULL);
        } else if (value instanceof List<?> list) {
            bindArray(list, statement, index);
        } else if (value instanceof Untyped untyped) {
            statement.setObject(index, untyped.text(), Types.OTHER);
        } else {
            statement.setObject(index, value);
        }
    }

    /** Where the elements do not tell the type, or it is an enumeration's, the server infers it, as for a literal. */
    private static void bindArray(List<?> list, PreparedStatement statement, int index) throws SQLException {
        Object first = list.stream().filter(Objects::nonNull).findFirst().orElse(null);
        String elementType = first == null
                ? null
                : first instanceof PGobject object ? object.getType() : ELEMENT_TYPES.get(first.getClass());
        boolean uniform =
                first != null && list.stream().allMatch(element -> element == null || isOfTheTypeOf(element, first));
        if (elementType != null && uniform) {
            Object[] elements = first instanceof byte[] ? list.toArray(new byte[0][]) : list.toArray();
            statement.setArray(index, statement.getConnection().createArrayOf(elementType, elements));
        } else {
            Object[] texts = list.stream()
                    .map(element -> element == null ? null : text(element))
                    .toArray();
            String literal =
                    statement.getConnection().createArrayOf("text", texts).toString();
            statement.setObject(index, literal, Types.OTHER);
        }
    }

    private static boolean isOfTheTypeOf(Object element, Object first) {
        return element instanceof PGobject one && first instanceof PGobject another
                ? one.getType().equals(another.getType())
                : element.getClass() == first.getClass();
    }

    private static String text(Object element) {
        return element instanceof byte[] bytes ? "\\x" + HexFormat.of().formatHex(bytes) : element.toString();
    }

    /** A text whose type the server infers: of an enumeration it may be text or a type of its own. */
    private record Untyped(String text) {
        @Override
        public String toString() {
            return text;
        }
    }
}
