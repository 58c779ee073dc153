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
    private static final Pattern ROW = Pattern.compile("(?m)^\\| ([^|]*) \\|(.*)\\|$");
    private static final List<String> OTHERS =
            List.of("java.lang.", "jakarta.persistence.", "org.hibernate.", "org.hibernate.exception.");

    /** What pg-dao exports, but for the base class of them all. */
    private static final Set<String> OF_PG_DAO = Set.of(
            "ConnectionError",
            "TransactionError",
            "QueryError",
            "ParseError",
            "ModelError",
            "ModelQueryError",
            "StoreError",
            "SyncError");

    private static String page;
    private static String tables;
    private static String fromPgDao;
    private static Set<String> ofTheLibrary;

    @BeforeAll
    static void read() throws IOException, URISyntaxException {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(directory.resolve("docs/guide"))) {
            directory = directory.getParent();
        }
        page = Files.readString(directory.resolve("docs/guide/errors.md"));
        tables = page.substring(0, page.indexOf("## Over HTTP"));
        fromPgDao = page.substring(page.indexOf("## Coming from pg-dao"));
        Path classes = Path.of(HexaiJpaException.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        ofTheLibrary = new ClassFileImporter()
                .importPath(classes).stream()
                        .filter(type -> type.isAssignableTo(Throwable.class)
                                && type.getModifiers().contains(JavaModifier.PUBLIC)
                                && !type.getModifiers().contains(JavaModifier.ABSTRACT)
                                && !type.getPackageName().contains(".internal"))
                        .map(JavaClass::getSimpleName)
                        .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> names(String text) {
        return NAME.matcher(text).results().map(found -> found.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void hasARowForEveryPublicExceptionOfTheLibrary() {
        Set<String> rows = new TreeSet<>();
        ROW.matcher(tables).results().forEach(row -> rows.addAll(names(row.group(1))));

        assertThat(ofTheLibrary).hasSizeGreaterThan(30);
        assertThat(rows).containsAll(ofTheLibrary);
    }

    @Test
    void saysOfEachWhenItIsThrownAndWhatToDo() {
        List<MatchResult> rows = ROW.matcher(tables)
                .results()
                .filter(row -> !names(row.group(1)).isEmpty())
                .toList();

        assertThat(rows).hasSizeGreaterThan(30);
        for (MatchResult row : rows) {
            assertThat(row.group(2).split("[|]", -1))
                    .as(row.group(1))
                    .hasSizeGreaterThanOrEqualTo(2)
                    .allMatch(cell -> !cell.isBlank());
        }
    }

    @Test
    void hasNoExceptionThatDoesNotExist() {
        Set<String> unknown = names(page);
        unknown.removeAll(ofTheLibrary);
        unknown.removeIf(name -> OTHERS.stream().anyMatch(prefix -> exists(prefix + name)));

        assertThat(unknown).containsExactly("HexaiJpaException");
    }

    @Test
    void mapsEveryErrorOfPgDao() {
        Set<String> mapped = new TreeSet<>();
        ROW.matcher(fromPgDao).results().forEach(row -> {
            mapped.addAll(List.of(row.group(1).split(", ")));
        });

        assertThat(mapped).containsAll(OF_PG_DAO);
        assertThat(names(fromPgDao)).hasSizeGreaterThan(OF_PG_DAO.size());
    }

    private static boolean exists(String className) {
        try {
            return Throwable.class.isAssignableFrom(Class.forName(className));
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
