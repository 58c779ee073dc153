package io.hexai.jpa.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.commonmark.node.Code;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.renderer.html.HtmlRenderer;

/**
 * The page of a source file that is linked to, or of a directory of them.
 *
 * @param target its path from the root of the site
 * @param title the path of the source
 * @param entries what a directory holds; empty for a file
 * @param html the page's content
 */
record Listing(String target, String title, List<Path> entries, String html) {

    private static final HtmlRenderer RENDERER = HtmlRenderer.builder().build();

    static Listing of(Repository repository, Path path) {
        String title = Repository.slashed(path);
        try {
            if (repository.isFile(path)) {
                String content = Files.readString(repository.root().resolve(path));
                return new Listing(fileTarget(path), title, List.of(), heading(title) + code(content));
            }
            List<Path> entries = entries(repository, path);
            return new Listing(directoryTarget(path), title, entries, heading(title) + list(repository, path, entries));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> entries(Repository repository, Path directory) throws IOException {
        try (Stream<Path> files = Files.list(repository.root().resolve(directory))) {
            return files.map(repository.root()::relativize)
                    .filter(file -> !file.endsWith("target"))
                    .sorted()
                    .toList();
        }
    }

    private static String list(Repository repository, Path directory, List<Path> entries) {
        StringBuilder html = new StringBuilder("<ul>\n");
        for (Path entry : entries) {
            String target = repository.isFile(entry) ? fileTarget(entry) : directoryTarget(entry);
            html.append("<li><a href=\"")
                    .append(Links.relative(directoryTarget(directory), target))
                    .append("\">")
                    .append(RENDERER.render(new Code(entry.getFileName().toString())))
                    .append("</a></li>\n");
        }
        return html.append("</ul>\n").toString();
    }

    private static String heading(String title) {
        Heading heading = new Heading();
        heading.setLevel(1);
        heading.appendChild(new Code(title));
        return RENDERER.render(heading);
    }

    private static String code(String content) {
        FencedCodeBlock block = new FencedCodeBlock();
        block.setLiteral(content);
        return RENDERER.render(block);
    }

    private static String fileTarget(Path file) {
        return "source/" + Repository.slashed(file) + ".html";
    }

    private static String directoryTarget(Path directory) {
        return "source/" + Repository.slashed(directory) + "/index.html";
    }
}
