package io.hexai.jpa.test;

import io.hexai.jpa.event.EventTypes;
import jakarta.persistence.Converter;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Entity;
import jakarta.persistence.MappedSuperclass;
import java.lang.annotation.Annotation;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/** A database as a test class declares it. The annotation's own has an empty name. */
record DatabaseSpec(
        String name,
        List<Class<?>> entities,
        List<Class<?>> events,
        List<String> changelogs,
        TestIsolation isolation,
        boolean builtIn) {

    private static final String CLASSPATH = "classpath:";
    private static final List<Class<? extends Annotation>> MANAGED =
            List.of(Entity.class, Embeddable.class, MappedSuperclass.class, Converter.class);

    DatabaseSpec {
        entities = List.copyOf(entities);
        events = List.copyOf(events);
        changelogs = List.copyOf(changelogs);
    }

    static DatabaseSpec of(PostgresTest annotation) {
        return new DatabaseSpec(
                "",
                List.of(annotation.entities()),
                List.of(annotation.events()),
                List.of(annotation.changelog()),
                annotation.isolation(),
                annotation.builtIn());
    }

    /** Names all that is wrong at once, before anything is created. */
    DatabaseSpec checked() {
        List<String> faults = new ArrayList<>();
        for (Class<?> entity : entities) {
            if (MANAGED.stream().noneMatch(entity::isAnnotationPresent)) {
                faults.add(entity.getName() + " is no @Entity, @Embeddable, @MappedSuperclass or @Converter");
            }
        }
        for (String changelog : changelogs) {
            if (!exists(changelog)) {
                faults.add("there is no changelog '" + changelog
                        + "'; name one as classpath:path/of/changelog.xml or by its path");
            }
        }
        try {
            eventTypes();
        } catch (IllegalArgumentException e) {
            faults.add(e.getMessage());
        }
        if (!builtIn && !events.isEmpty()) {
            faults.add("events are stored in the library's own tables, which were declined");
        }
        if (!faults.isEmpty()) {
            throw new ExtensionConfigurationException(this + " cannot be made: " + String.join(", and ", faults));
        }
        return this;
    }

    private static boolean exists(String changelog) {
        if (!changelog.startsWith(CLASSPATH)) {
            return !changelog.isBlank() && Files.isRegularFile(Path.of(changelog));
        }
        String resource = changelog.substring(CLASSPATH.length()).replaceFirst("^/", "");
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return (context != null && context.getResource(resource) != null)
                || DatabaseSpec.class.getClassLoader().getResource(resource) != null;
    }

    /** A sealed type stands for the classes below it. */
    EventTypes eventTypes() {
        return EventTypes.of(
                events.stream().flatMap(DatabaseSpec::concrete).distinct().toArray(Class<?>[]::new));
    }

    private static Stream<Class<?>> concrete(Class<?> type) {
        Stream<Class<?>> below = type.isSealed()
                ? Stream.of(type.getPermittedSubclasses()).flatMap(DatabaseSpec::concrete)
                : Stream.empty();
        boolean stored = !type.isSealed() || !Modifier.isAbstract(type.getModifiers());
        return stored ? Stream.concat(Stream.of(type), below) : below;
    }

    TemplateSchema schema() {
        return new TemplateSchema(builtIn, changelogs, changelogs.isEmpty() ? entities : List.of());
    }

    @Override
    public String toString() {
        return name.isEmpty() ? "The database of @PostgresTest" : "The TestDatabase '" + name + "'";
    }
}
