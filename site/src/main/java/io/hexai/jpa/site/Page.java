package io.hexai.jpa.site;

import java.nio.file.Path;
import java.util.List;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.heading.anchor.HeadingAnchorExtension;
import org.commonmark.node.Heading;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.text.TextContentRenderer;

/**
 * A Markdown file of the repository.
 *
 * @param source its path from the root of the repository
 * @param target its path from the root of the site
 * @param title its first heading
 * @param document its content
 */
record Page(Path source, String target, String title, Node document) {

    static final List<Extension> EXTENSIONS = List.of(TablesExtension.create(), HeadingAnchorExtension.create());

    private static final Parser PARSER = Parser.builder().extensions(EXTENSIONS).build();
    private static final TextContentRenderer TEXT =
            TextContentRenderer.builder().extensions(EXTENSIONS).build();

    static Page of(Path source, String markdown) {
        Node document = PARSER.parse(markdown);
        return new Page(source, target(source), title(source, document), document);
    }

    /** The plain text of a node. */
    static String text(Node node) {
        return TEXT.render(node).strip();
    }

    private static String target(Path source) {
        String published = Repository.published(source).replaceFirst("\\.md$", ".html");
        return published.replaceFirst("(^|/)(readme|README)\\.html$", "$1index.html");
    }

    private static String title(Path source, Node document) {
        for (Node node = document.getFirstChild(); node != null; node = node.getNext()) {
            if (node instanceof Heading heading) {
                return text(heading);
            }
        }
        throw new IllegalStateException(source + " has no heading, which would be its title");
    }
}
