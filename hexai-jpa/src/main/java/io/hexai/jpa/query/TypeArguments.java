package io.hexai.jpa.query;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the type parameters of a generic record stand for. Immutable. */
final class TypeArguments {

    private final Map<TypeVariable<?>, Type> arguments = new HashMap<>();

    private TypeArguments() {}

    static TypeArguments of(Type type) {
        TypeArguments of = new TypeArguments();
        if (type instanceof ParameterizedType parameterized) {
            TypeVariable<?>[] parameters = ((Class<?>) parameterized.getRawType()).getTypeParameters();
            for (int i = 0; i < parameters.length; i++) {
                of.arguments.put(parameters[i], parameterized.getActualTypeArguments()[i]);
            }
        }
        return of;
    }

    /** Returns the type with parameters replaced; one that stands for nothing known is what it extends. */
    Type resolve(Type type) {
        if (type instanceof TypeVariable<?> parameter) {
            Type argument = arguments.get(parameter);
            return argument != null ? argument : resolve(parameter.getBounds()[0]);
        }
        if (type instanceof ParameterizedType parameterized) {
            return new Resolved(
                    parameterized.getRawType(),
                    Arrays.stream(parameterized.getActualTypeArguments())
                            .map(this::resolve)
                            .toArray(Type[]::new));
        }
        return type instanceof GenericArrayType array
                ? (ResolvedArray) () -> resolve(array.getGenericComponentType())
                : type;
    }

    @FunctionalInterface
    private interface ResolvedArray extends GenericArrayType {}

    /** Jackson takes it, too. */
    private static final class Resolved implements ParameterizedType {

        private final Type rawType;
        private final Type[] arguments;

        Resolved(Type rawType, Type[] arguments) {
            this.rawType = rawType;
            this.arguments = arguments;
        }

        @Override
        public Type[] getActualTypeArguments() {
            return arguments.clone();
        }

        @Override
        public Type getRawType() {
            return rawType;
        }

        @Override
        public @Nullable Type getOwnerType() {
            return null;
        }

        @Override
        public String toString() {
            return rawType.getTypeName() + Arrays.toString(arguments);
        }
    }
}
