package io.hexai.jpa;

import static com.tngtech.archunit.core.domain.properties.CanBeAnnotated.Predicates.annotatedWith;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import jakarta.persistence.Converter;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Entity;
import jakarta.persistence.MappedSuperclass;
import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleDescriptor.Opens;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleDescriptor.Requires.Modifier;
import java.lang.module.ModuleFinder;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The tests run on the class path, where a package that module-info.java forgets is not missed. */
class ModuleDescriptorTest {

    private static final String HIBERNATE = "org.hibernate.orm.core";

    /**
     * Jars that no descriptor can require: jakarta.transaction's own requires modules that its pom does not bring, the
     * embedded server's name is that of its file, and the jars of Testcontainers share a package.
     */
    private static final Pattern UNNAMEABLE =
            Pattern.compile("jakarta\\.transaction|embedded\\.postgres|testcontainers.*");

    private static final Pattern JAR = Pattern.compile("jar:(file:.*)!/.*");

    private static JavaClasses classes;
    private static ModuleDescriptor module;

    @BeforeAll
    static void readTheModule() throws IOException {
        Path directory = Path.of(System.getProperty("basedir", ""), "target/classes");
        classes = new ClassFileImporter().importPath(directory);
        try (var descriptor = Files.newInputStream(directory.resolve("module-info.class"))) {
            module = ModuleDescriptor.read(descriptor);
        }
    }

    @Test
    void exportsEveryPackageWithPublicTypes() {
        var missing = packagesOf(DescribedPredicate.describe("public", ModuleDescriptorTest::isPublic));
        missing.removeIf(name -> name.contains(".internal"));
        missing.removeAll(exported());

        assertThat(missing.stream().map(name -> "exports " + name + ";"))
                .as("lines to add to module-info.java of %s", module.name())
                .isEmpty();
    }

    @Test
    void exportsNothingInternal() {
        assertThat(exported()).noneMatch(name -> name.contains(".internal"));
    }

    @Test
    void opensEveryPackageThatHibernateReflectsOn() {
        var missing = packagesOf(annotatedWith(Entity.class)
                .or(annotatedWith(Embeddable.class))
                .or(annotatedWith(MappedSuperclass.class))
                .or(annotatedWith(Converter.class)));
        missing.removeAll(module.opens().stream()
                .filter(opens -> !opens.isQualified() || opens.targets().contains(HIBERNATE))
                .map(Opens::source)
                .collect(Collectors.toSet()));

        assertThat(missing.stream().map(name -> "opens " + name + " to " + HIBERNATE + ";"))
                .as("lines to add to module-info.java of %s", module.name())
                .isEmpty();
    }

    @Test
    void requiresEveryModuleThatItsCodeUses() {
        ModuleFinder jars =
                ModuleFinder.of(Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> entry.endsWith(".jar"))
                        .map(Path::of)
                        .toArray(Path[]::new));
        Map<Path, String> names = jars.findAll().stream()
                .collect(Collectors.toMap(
                        jar -> Path.of(jar.location().orElseThrow()),
                        jar -> jar.descriptor().name()));

        var used = classes.stream()
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .flatMap(dependency -> dependency.getTargetClass().getBaseComponentType().getSource().stream())
                .map(source -> JAR.matcher(source.getUri().toString()))
                .filter(Matcher::matches)
                .map(jar -> names.get(Path.of(URI.create(jar.group(1)))))
                .filter(Objects::nonNull)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(used).contains("org.jspecify");

        used.removeIf(UNNAMEABLE.asMatchPredicate());
        used.removeAll(read(module, jars, new HashSet<>()));
        assertThat(used.stream().map(name -> "requires " + name + ";"))
                .as("lines to add to module-info.java of %s", module.name())
                .isEmpty();
    }

    private static Set<String> read(ModuleDescriptor from, ModuleFinder jars, Set<String> names) {
        from.requires().stream()
                .filter(requires -> from == module || requires.modifiers().contains(Modifier.TRANSITIVE))
                .map(Requires::name)
                .filter(names::add)
                .flatMap(name -> jars.find(name).stream())
                .forEach(jar -> read(jar.descriptor(), jars, names));
        return names;
    }

    private static Set<String> exported() {
        return module.exports().stream()
                .filter(exports -> !exports.isQualified())
                .map(Exports::source)
                .collect(Collectors.toSet());
    }

    private static Set<String> packagesOf(DescribedPredicate<? super JavaClass> types) {
        return classes.that(types).stream()
                .map(JavaClass::getPackageName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean isPublic(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(ModuleDescriptorTest::isPublic).orElse(true);
    }
}
