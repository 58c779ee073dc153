package io.hexai.jpa.query;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes records of rows, each component of the column of its name. A component that is itself a record, and for which there is
 * no column, is made of the columns that begin with its name; it is null, or empty, if all of those are.
 */
final class RecordMapper {

    private final Constructor<?> constructor;
    private final List<Source> sources;

    private RecordMapper(Constructor<?> constructor, List<Source> sources) {
        this.constructor = constructor;
        this.sources = sources;
    }

    /** Where the value of a component comes from. */
    private sealed interface Source permits Column, Nested {
        @Nullable
        Object read(ResultRow row);

        boolean isNull(ResultRow row);
    }

    private record Column(int index, Type type, String target) implements Source {
        @Override
        public @Nullable Object read(ResultRow row) {
            return row.converted(index, type, target);
        }

        @Override
        public boolean isNull(ResultRow row) {
            return row.isNull(index);
        }
    }

    private record Nested(RecordMapper mapper, boolean optional) implements Source {
        @Override
        public @Nullable Object read(ResultRow row) {
            Object value = isNull(row) ? null : mapper.map(row);
            return optional ? Optional.ofNullable(value) : value;
        }

        @Override
        public boolean isNull(ResultRow row) {
            return mapper.sources.stream().allMatch(source -> source.isNull(row));
        }
    }

    /** Fails unless components and columns correspond. */
    static RecordMapper of(Class<?> type, Columns columns) {
        BitSet used = new BitSet();
        RecordMapper mapper = of(type, type, "", columns, used);
        for (int i = 0; i < columns.size(); i++) {
            if (!used.get(i)) {
                throw new QueryResultException(
                        columns.query(),
                        columns.name(i),
                        "Column '" + columns.name(i) + "' in the result of " + columns.query() + " has no component in "
                                + type.getSimpleName() + ". Leave it out of the select list, or add the component.",
                        null);
            }
        }
        return mapper;
    }

    private static RecordMapper of(Class<?> type, Type genericType, String prefix, Columns columns, BitSet used) {
        TypeArguments arguments = TypeArguments.of(genericType);
        List<Source> sources = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            Type componentType = arguments.resolve(component.getGenericType());
            sources.add(source(type, component.getName(), componentType, prefix, columns, used));
        }
        return new RecordMapper(canonicalConstructor(type), sources);
    }

    private static Source source(
            Class<?> type, String component, Type componentType, String prefix, Columns columns, BitSet used) {
        String name = prefix + component;
        String target = type.getSimpleName() + "." + component;
        Integer index = columns.indexOf(name);
        if (index != null) {
            used.set(index);
            return new Column(index, componentType, target);
        }
        boolean optional = ValueConversion.rawType(componentType) == Optional.class;
        Type nestedType = optional ? ValueConversion.argument(componentType) : componentType;
        Class<?> nested = ValueConversion.rawType(nestedType);
        if (nested.isRecord() && columns.hasBeginningWith(name)) {
            return new Nested(of(nested, nestedType, name + "_", columns, used), optional);
        }
        throw new QueryResultException(
                columns.query(),
                snakeCase(name),
                "There is no column '" + snakeCase(name) + "' for " + target + " in the result of " + columns.query()
                        + ", whose columns are " + columns.names() + "."
                        + NearestName.hint(snakeCase(name), columns.names()),
                null);
    }

    private static String snakeCase(String name) {
        return name.replaceAll("(?<=[a-z0-9])([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    private static Constructor<?> canonicalConstructor(Class<?> type) {
        Class<?>[] types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("Every record has a canonical constructor", e);
        }
    }

    Object map(ResultRow row) {
        @Nullable Object[] arguments = new Object[sources.size()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = sources.get(i).read(row);
        }
        try {
            return constructor.newInstance(arguments);
        } catch (InvocationTargetException e) {
            throw sneaky(e.getTargetException());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("The constructor was made accessible, and the class is no abstract one", e);
        }
    }

    /** What the record's own constructor throws leaves as it is. */
    @SuppressWarnings("unchecked")
    private static <X extends Throwable> RuntimeException sneaky(Throwable failure) throws X {
        throw (X) failure;
    }
}
