package io.hexai.jpa.site;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the site of a repository into a directory. What is there already is overwritten, and nothing is removed: the javadoc
 * lies beside the pages, in {@code apidocs}.
 */
public final class SiteBuilder {

    private static final String LUNR = "META-INF/resources/webjars/lunr/2.3.9/lunr.min.js";

    private final Repository repository;
    private final Path target;

    SiteBuilder(Path root, Path target) {
        this.repository = new Repository(root);
        this.target = target;
    }

    /**
     * Makes the site.
     *
     * @param args the root of the repository, and the directory to write to
     * @throws IOException if a file cannot be read or written
     */
    public static void main(String[] args) throws IOException {
        Path target = Path.of(args[1]).toAbsolutePath();
        new SiteBuilder(Path.of(args[0]).toAbsolutePath().normalize(), target).build();
        System.out.println("The site: " + target.resolve("index.html").toUri());
    }

    /** Writes every page, or fails with a list of all links that lead nowhere. */
    void build() throws IOException {
        List<Page> pages = repository.pages();
        Navigation navigation = Navigation.of(pages);
        Links links = new Links(repository, pages);
        Markdown markdown = new Markdown(links);
        SearchIndex search = new SearchIndex();
        for (Page page : pages) {
            write(page.target(), new Layout(page.target(), navigation).page(page.title(), markdown.render(page)));
            search.add(page);
        }
        for (Listing listing : links.listings()) {
            write(listing.target(), new Layout(listing.target(), navigation).page(listing.title(), listing.html()));
        }
        for (Path image : links.images()) {
            copy(repository.root().resolve(image), Repository.published(image));
        }
        write("search-index.js", search.script());
        resource("io/hexai/jpa/site/site.css", "site.css");
        resource("io/hexai/jpa/site/site.js", "site.js");
        resource(LUNR, "lunr.js");
        List<String> problems = new ArrayList<>(links.problems());
        problems.addAll(navigation.problems());
        if (!problems.isEmpty()) {
            throw new IllegalStateException("The pages have faults:\n  " + String.join("\n  ", problems));
        }
    }

    private void write(String path, String content) throws IOException {
        Path file = target.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private void copy(Path source, String path) throws IOException {
        Path file = target.resolve(path);
        Files.createDirectories(file.getParent());
        Files.copy(source, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private void resource(String name, String path) throws IOException {
        try (InputStream content = SiteBuilder.class.getClassLoader().getResourceAsStream(name)) {
            if (content == null) {
                throw new IllegalStateException("The class path lacks " + name);
            }
            Files.copy(content, target.resolve(path), StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
