package io.hexai.jpa.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hibernate.Session;
import org.hibernate.SharedSessionContract;
import org.junit.jupiter.api.Test;

/** The right-hand sides of the tables on the {@code from-….md} pages name nothing that the library does not have. */
class MigrationPagesTest {

    private static final Path GUIDE = Path.of("../../docs/guide");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern CALL = Pattern.compile("\\.?\\b([a-z]\\w+)\\(");
    private static final Pattern FACTORY = Pattern.compile("\\b([A-Z]\\w+\\.[a-z]\\w+)\\(");
    private static final Pattern CONSTANT = Pattern.compile("\\b([A-Z]\\w+\\.[A-Z][A-Z_]+)\\b");
    private static final Pattern TYPE = Pattern.compile("(?<![.\\w\"@])([A-Z][a-z]\\w+)\\b");

    /** What the pages name of the world outside, and what they make up. */
    private static final Set<String> OTHERS = Set.of(
            "Connection",
            "Long",
            "AsyncLocalStorage",
            "WalkThroughTest",
            "DataSource",
            "GenerationType",
            "MyContextEvent",
            "OptimisticLockException",
            "Optional",
            "OrderPlaced",
            "Throwable",
            "User",
            "UserRow",
            "EntityManager",
            "LockModeType");

    @Test
    void nameOnlyWhatThereIs() throws IOException {
        Set<String> methods = new HashSet<>();
        Set<String> names = new HashSet<>(OTHERS);
        Set<String> constants = new HashSet<>(Set.of("GenerationType.SEQUENCE"));
        for (JavaClass type : publicTypes()) {
            names.add(type.getSimpleName());
            type.getAllFields().forEach(field -> constants.add(type.getSimpleName() + "." + field.getName()));
            type.getAllMethods().stream()
                    .filter(method -> method.getModifiers().contains(JavaModifier.PUBLIC)
                            || method.getModifiers().contains(JavaModifier.PROTECTED))
                    .forEach(method -> {
                        methods.add(method.getName());
                        methods.add(type.getSimpleName() + "." + method.getName());
                    });
        }
        List<String> unknown = new ArrayList<>();
        int calls = 0;
        for (Path page : pages()) {
            for (String line : Files.readAllLines(page)) {
                Matcher code = CODE.matcher(ours(line));
                while (code.find()) {
                    String shown = code.group(1);
                    calls += collect(CALL, shown, methods, page, unknown);
                    collect(FACTORY, shown, methods, page, unknown);
                    collect(TYPE, shown, names, page, unknown);
                    collect(CONSTANT, shown, constants, page, unknown);
                }
            }
        }
        assertThat(unknown).isEmpty();
        assertThat(calls).as("calls looked up").isGreaterThan(80);
    }

    /** The right-hand side of a table's row; of text, all of it. */
    private static String ours(String line) {
        String[] cells = line.split("\\|");
        return line.startsWith("|") && cells.length == 3 ? cells[2] : line;
    }

    private static int collect(Pattern pattern, String code, Set<String> known, Path page, List<String> unknown) {
        Matcher matcher = pattern.matcher(code);
        int found = 0;
        while (matcher.find()) {
            found++;
            if (!known.contains(matcher.group(1))) {
                unknown.add(page.getFileName() + ": " + matcher.group(1) + " in " + code);
            }
        }
        return found;
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> files = Files.list(GUIDE)) {
            return files.filter(file -> file.getFileName().toString().startsWith("from-"))
                    .sorted()
                    .toList();
        }
    }

    private static List<JavaClass> publicTypes() {
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false); // which takes most of the time
        List<JavaClass> types = new ArrayList<>();
        new ClassFileImporter()
                .importPackages("io.hexai.jpa").stream()
                        .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                        .filter(type -> !type.getPackageName().contains(".examples"))
                        .forEach(types::add);
        new ClassFileImporter()
                .importClasses(
                        EntityManager.class, EntityManagerFactory.class, Session.class, SharedSessionContract.class)
                .forEach(types::add);
        return types;
    }
}
