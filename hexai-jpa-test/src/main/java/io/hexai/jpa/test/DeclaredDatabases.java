package io.hexai.jpa.test;

import java.lang.reflect.Parameter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;

/** The databases of one test class, and through it those of the classes around. */
final class DeclaredDatabases implements AutoCloseable {

    private static final Namespace NAMESPACE = Namespace.create(DeclaredDatabases.class);
    private static final Object LOCK = new Object();

    private final @Nullable DeclaredDatabases around;
    private final Map<String, DeclaredDatabase> own = new LinkedHashMap<>();

    private DeclaredDatabases(@Nullable DeclaredDatabases around) {
        this.around = around;
    }

    /** Closed by JUnit with the class, since it lies in the class's store. */
    static DeclaredDatabases of(ExtensionContext context) {
        ExtensionContext ofClass = classOf(context);
        Class<?> testClass = ofClass.getRequiredTestClass();
        synchronized (LOCK) {
            Store store = ofClass.getStore(NAMESPACE);
            DeclaredDatabases found = store.get(testClass, DeclaredDatabases.class);
            if (found == null) {
                found = new DeclaredDatabases(ofClass.getParent()
                        .filter(parent -> parent.getTestClass().isPresent())
                        .map(DeclaredDatabases::of)
                        .orElse(null));
                store.put(testClass, found);
            }
            return found;
        }
    }

    private static ExtensionContext classOf(ExtensionContext context) {
        ExtensionContext found = context;
        while (found.getTestMethod().isPresent()) {
            found = found.getParent().orElseThrow();
        }
        return found;
    }

    /** Adds a database to this class, unless the class has it already. */
    DeclaredDatabase declare(DatabaseSpec spec) {
        DeclaredDatabase declared;
        synchronized (own) {
            declared = own.get(spec.name());
            if (declared == null) {
                declared = DeclaredDatabase.of(spec, TemplateDatabases.ofThisJvm());
                own.put(spec.name(), declared);
            }
        }
        if (!declared.spec().equals(spec)) {
            throw new ExtensionConfigurationException("Two databases are named '" + spec.name()
                    + "' and declared differently. Give each a name of its own.");
        }
        declared.prepare();
        return declared;
    }

    @Nullable
    DeclaredDatabase find(String name) {
        synchronized (own) {
            DeclaredDatabase found = own.get(name);
            if (found != null) {
                return found;
            }
        }
        return around == null ? null : around.find(name);
    }

    /** Tells whether a parameter is meant to come from the database of this name. */
    boolean isFrom(String name, ParameterContext parameter) {
        Optional<String> asked = parameter.findAnnotation(FromDatabase.class).map(FromDatabase::value);
        Class<?> type = parameter.getParameter().getType();
        if (!Injectable.has(type)) {
            if (asked.isPresent()) {
                throw new ParameterResolutionException("@FromDatabase is on a parameter of type " + type.getName()
                        + ", which no test database gives; these it gives: " + Injectable.names());
            }
            return false;
        }
        return asked.map(wanted -> checked(wanted, parameter.getParameter()))
                .orElseGet(() -> onlyName(parameter.getParameter()))
                .equals(name);
    }

    private String checked(String wanted, Parameter parameter) {
        if (find(wanted) == null) {
            throw new ParameterResolutionException("Parameter '" + parameter + "' asks for the database '" + wanted
                    + "', which is not declared here; declared are: " + shown(names()));
        }
        return wanted;
    }

    private String onlyName(Parameter parameter) {
        SortedSet<String> names = names();
        if (names.contains("")) {
            return "";
        }
        if (names.size() > 1) {
            throw new ParameterResolutionException("Parameter '" + parameter + "' could come from several databases: "
                    + shown(names) + ". Say which with @FromDatabase.");
        }
        return names.isEmpty() ? "" : names.first();
    }

    private SortedSet<String> names() {
        SortedSet<String> names = around == null ? new TreeSet<>() : around.names();
        synchronized (own) {
            names.addAll(own.keySet());
        }
        return names;
    }

    private static String shown(SortedSet<String> names) {
        return names.stream()
                .map(name -> name.isEmpty() ? "that of @PostgresTest" : "'" + name + "'")
                .collect(Collectors.joining(", "));
    }

    /** Gives a parameter its value; what has to be closed is closed with the context that it was asked in. */
    static Object resolve(DeclaredDatabase declared, ParameterContext parameter, ExtensionContext context) {
        Object value =
                Injectable.from(declared.in(context), parameter.getParameter().getType());
        AutoCloseable closer = Injectable.closerOf(value);
        if (closer != null) {
            context.getStore(NAMESPACE).put(new Object(), closer);
        }
        return value;
    }

    @Override
    public void close() {
        own.values().forEach(DeclaredDatabase::close);
    }
}
