package io.hexai.jpa.query;

import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Turns what was read into what is wanted, if nothing is lost on the way. */
final class ValueConversion {

    private final JsonMapper json;

    ValueConversion(JsonMapper json) {
        this.json = json;
    }

    /** Says why a value cannot be converted, without the value. */
    static final class Unconvertible extends Exception {
        private static final long serialVersionUID = 1L;

        Unconvertible(String reason, @Nullable Throwable cause) {
            super(reason, cause);
        }
    }

    static Class<?> rawType(Type type) {
        if (type instanceof Class<?> raw) {
            return raw;
        }
        if (type instanceof ParameterizedType parameterized) {
            return (Class<?>) parameterized.getRawType();
        }
        return type instanceof WildcardType wildcard ? rawType(wildcard.getUpperBounds()[0]) : Object.class;
    }

    static Type argument(Type type) {
        return type instanceof ParameterizedType parameterized
                ? parameterized.getActualTypeArguments()[0]
                : Object.class;
    }

    @Nullable
    Object convert(@Nullable Object value, Type type) throws Unconvertible {
        Class<?> raw = rawType(type);
        if (raw == Optional.class) {
            return Optional.ofNullable(convert(value, argument(type)));
        }
        if (value == null) {
            if (raw.isPrimitive()) {
                throw new Unconvertible(
                        "is NULL, which " + raw + " cannot hold; take "
                                + boxed(raw).getSimpleName() + " or Optional",
                        null);
            }
            return null;
        }
        if (value instanceof JsonText text) {
            return json(text.text(), type, raw);
        }
        return value instanceof List<?> list ? array(list, type, raw) : scalar(value, boxed(raw));
    }

    /** What nobody asked for as something particular. */
    @Nullable
    Object plain(@Nullable Object value) {
        return value instanceof JsonText text ? json.readTree(text.text()) : value;
    }

    private @Nullable Object json(String text, Type type, Class<?> raw) throws Unconvertible {
        if (raw == String.class) {
            return text;
        }
        try {
            return raw == Object.class || raw == JsonNode.class
                    ? json.readTree(text)
                    : json.readValue(text, json.constructType(type));
        } catch (JacksonException e) {
            throw new Unconvertible("is JSON that cannot be read as " + type.getTypeName(), null);
        }
    }

    private Object array(List<?> list, Type type, Class<?> raw) throws Unconvertible {
        if (raw == Object.class) {
            return list.stream().map(this::plain).toList();
        }
        if (raw.isArray()) {
            Type component = type instanceof GenericArrayType generic
                    ? generic.getGenericComponentType()
                    : raw.getComponentType();
            Object array = Array.newInstance(raw.getComponentType(), list.size());
            for (int i = 0; i < list.size(); i++) {
                Array.set(array, i, convert(list.get(i), component));
            }
            return array;
        }
        if (raw != List.class && raw != Set.class && raw != Collection.class) {
            throw new Unconvertible(
                    "is an array, which " + raw.getSimpleName() + " is not; take List, Set or an array", null);
        }
        Collection<@Nullable Object> elements = raw == Set.class ? new LinkedHashSet<>() : new ArrayList<>();
        for (Object element : list) {
            elements.add(convert(element, argument(type)));
        }
        return elements instanceof Set<@Nullable Object> set
                ? Collections.unmodifiableSet(set)
                : Collections.unmodifiableList((List<@Nullable Object>) elements);
    }

    private static Object scalar(Object value, Class<?> wanted) throws Unconvertible {
        if (wanted.isInstance(value)) {
            return value;
        }
        Object converted = null;
        if (value instanceof Number number && Number.class.isAssignableFrom(wanted)) {
            converted = number(number, wanted);
        } else if (value instanceof OffsetDateTime time) {
            converted = time(time, wanted);
        } else if (value instanceof Duration duration && wanted == Period.class) {
            converted = days(duration);
        } else if (wanted.isEnum() && value instanceof String name) {
            converted = constant(name, wanted);
        } else if (wanted == UUID.class && value instanceof String text) {
            converted = uuid(text);
        } else if (wanted == Character.class && value instanceof String text && text.length() == 1) {
            converted = text.charAt(0);
        } else if (wanted == String.class && !(value instanceof byte[])) {
            converted = value.toString();
        }
        if (converted == null) {
            throw new Unconvertible(
                    "is of a type that is read as " + value.getClass().getSimpleName() + ", which "
                            + wanted.getSimpleName()
                            + " cannot hold"
                            + (value instanceof LocalDateTime
                                            && (wanted == Instant.class || wanted == OffsetDateTime.class)
                                    ? "; it has no time zone: select it AT TIME ZONE … or take LocalDateTime"
                                    : ""),
                    null);
        }
        return converted;
    }

    private static @Nullable Object time(OffsetDateTime time, Class<?> wanted) {
        return wanted == Instant.class
                ? time.toInstant()
                : wanted == ZonedDateTime.class ? time.toZonedDateTime() : null;
    }

    /** PostgreSQL counts days apart from hours, and what is of whole days is read as either. */
    private static @Nullable Period days(Duration duration) {
        return duration.equals(Duration.ofDays(duration.toDays())) ? Period.ofDays((int) duration.toDays()) : null;
    }

    /** Whole numbers stay what they are; a fraction becomes the nearest that the type can hold. */
    private static @Nullable Object number(Number number, Class<?> wanted) throws Unconvertible {
        try {
            if (wanted == Double.class || wanted == Float.class) {
                return binary(number, wanted);
            }
            BigDecimal exact = exact(number);
            if (wanted == BigDecimal.class) {
                return exact;
            }
            if (wanted == BigInteger.class) {
                return exact.toBigIntegerExact();
            }
            if (wanted == Long.class) {
                return exact.longValueExact();
            }
            if (wanted == Integer.class) {
                return exact.intValueExact();
            }
            if (wanted == Short.class) {
                return exact.shortValueExact();
            }
            return wanted == Byte.class ? exact.byteValueExact() : null;
        } catch (ArithmeticException | NumberFormatException e) {
            throw new Unconvertible("has a value that " + wanted.getSimpleName() + " cannot hold", null);
        }
    }

    private static BigDecimal exact(Number number) {
        return number instanceof BigDecimal decimal ? decimal : new BigDecimal(number.toString());
    }

    private static Number binary(Number number, Class<?> wanted) {
        Number converted = wanted == Double.class ? (Number) number.doubleValue() : (Number) number.floatValue();
        if (Double.isFinite(number.doubleValue()) || number instanceof BigDecimal) {
            BigDecimal given = exact(number);
            boolean isWhole = given.stripTrailingZeros().scale() <= 0;
            if (isWhole && new BigDecimal(converted.doubleValue()).compareTo(given) != 0
                    || Double.isInfinite(converted.doubleValue())) {
                throw new ArithmeticException();
            }
        }
        return converted;
    }

    private static Object constant(String name, Class<?> wanted) throws Unconvertible {
        for (Object constant : wanted.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(name)) {
                return constant;
            }
        }
        throw new Unconvertible(
                "has a value that is none of " + Arrays.toString(wanted.getEnumConstants()) + " of "
                        + wanted.getSimpleName(),
                null);
    }

    private static Object uuid(String text) throws Unconvertible {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new Unconvertible("has a value that is no UUID", null);
        }
    }

    private static Class<?> boxed(Class<?> type) {
        return type.isPrimitive() ? Array.get(Array.newInstance(type, 1), 0).getClass() : type;
    }
}
