package io.hexai.jpa.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The files that the site is made of. */
final class Repository {

    private final Path root;

    Repository(Path root) {
        this.root = root;
    }

    Path root() {
        return root;
    }

    /** Every Markdown file at the root and under {@code docs}, by path. */
    List<Page> pages() throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> top = Files.list(root);
                Stream<Path> docs = Files.walk(root.resolve("docs"))) {
            Stream.concat(top, docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .forEach(files::add);
        }
        List<Page> pages = new ArrayList<>();
        for (Path file : files) {
            pages.add(Page.of(root.relativize(file), Files.readString(file)));
        }
        return pages;
    }

    boolean isFile(Path path) {
        return Files.isRegularFile(root.resolve(path));
    }

    boolean isDirectory(Path path) {
        return Files.isDirectory(root.resolve(path));
    }

    /** Where a file of the repository lies in the site, but for its ending. */
    static String published(Path file) {
        Path docs = Path.of("docs");
        if (file.startsWith(docs)) {
            return slashed(docs.relativize(file));
        }
        return file.getNameCount() == 1 ? file.toString().toLowerCase(Locale.ROOT) : slashed(file);
    }

    static String slashed(Path path) {
        return path.toString().replace('\\', '/');
    }
}
