package io.hexai.jpa.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The code in the documentation is code that is compiled and run: each Java block names the region of a source file whose
 * lines it shows, {@code <!-- snippet: ClassName#region -->}, and must equal them.
 */
class SnippetsTest {

    private static final Pattern BLOCK =
            Pattern.compile("(<!-- snippet: ([\\w-]+)#([\\w-]+) -->\\s*)?```java\\n(.*?)```", Pattern.DOTALL);

    @Test
    void documentationShowsTheCodeThatRuns() throws IOException {
        Path root = root();
        List<Path> pages = new ArrayList<>(filesUnder(root.resolve("docs/guide"), ".md"));
        if (Files.exists(root.resolve("README.md"))) {
            pages.add(root.resolve("README.md"));
        }
        List<Path> sources = filesUnder(root, ".java");
        List<String> problems = new ArrayList<>();
        int blocks = 0;
        for (Path page : pages) {
            Matcher block = BLOCK.matcher(Files.readString(page));
            while (block.find()) {
                blocks++;
                String place = root.relativize(page) + ", block " + blocks;
                if (block.group(1) == null) {
                    problems.add(place + ": has no <!-- snippet: ClassName#region --> before it");
                } else {
                    String shown = block.group(4).strip();
                    String actual = region(sources, block.group(2), block.group(3));
                    if (!shown.equals(actual)) {
                        problems.add(place + ": " + block.group(2) + "#" + block.group(3) + " is\n" + actual);
                    }
                }
            }
        }
        assertThat(problems).isEmpty();
        assertThat(blocks).isPositive();
    }

    private static String region(List<Path> sources, String className, String name) throws IOException {
        for (Path source : sources) {
            if (source.getFileName().toString().equals(className + ".java")) {
                List<String> lines = new ArrayList<>();
                boolean inside = false;
                for (String line : Files.readAllLines(source)) {
                    if (line.strip().equals("// endregion")) {
                        inside = false;
                    }
                    if (inside) {
                        lines.add(line);
                    }
                    if (line.strip().equals("// region " + name)) {
                        inside = true;
                    }
                }
                if (!lines.isEmpty()) {
                    return String.join("\n", lines).stripIndent().strip();
                }
            }
        }
        return "nowhere to be found";
    }

    private static List<Path> filesUnder(Path directory, String ending) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .filter(file -> !file.toString().contains("/target/"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(directory.resolve("docs/guide"))) {
            directory = directory.getParent();
        }
        return directory;
    }
}
