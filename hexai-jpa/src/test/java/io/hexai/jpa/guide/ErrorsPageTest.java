package io.hexai.jpa.guide;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.hexai.jpa.HexaiJpaException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code docs/guide/errors.md} knows every exception type of the library, and none that does not exist. */
class ErrorsPageTest {

    private static final Pattern NAME = Pattern.compile("`(\\w+Exception)`");
    private static final List<String> OTHERS =
            List.of("java.lang.", "jakarta.persistence.", "org.hibernate.", "org.hibernate.exception.");

    private static Set<String> onThePage;
    private static Set<String> ofTheLibrary;

    @BeforeAll
    static void read() throws IOException, URISyntaxException {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(directory.resolve("docs/guide"))) {
            directory = directory.getParent();
        }
        onThePage = NAME.matcher(Files.readString(directory.resolve("docs/guide/errors.md")))
                .results()
                .map((MatchResult found) -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        Path classes = Path.of(HexaiJpaException.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        ofTheLibrary = new ClassFileImporter()
                .importPath(classes).stream()
                        .filter(type -> type.isAssignableTo(Throwable.class)
                                && type.getModifiers().contains(JavaModifier.PUBLIC)
                                && !type.getPackageName().contains(".internal"))
                        .map(JavaClass::getSimpleName)
                        .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void hasEveryPublicExceptionOfTheLibrary() {
        assertThat(ofTheLibrary).hasSizeGreaterThan(30);
        assertThat(onThePage).containsAll(ofTheLibrary);
    }

    @Test
    void hasNoExceptionThatDoesNotExist() {
        Set<String> unknown = new TreeSet<>(onThePage);
        unknown.removeAll(ofTheLibrary);
        unknown.removeIf(name -> OTHERS.stream().anyMatch(prefix -> exists(prefix + name)));

        assertThat(unknown).isEmpty();
    }

    private static boolean exists(String className) {
        try {
            return Throwable.class.isAssignableFrom(Class.forName(className));
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
