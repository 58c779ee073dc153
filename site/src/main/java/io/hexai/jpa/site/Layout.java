package io.hexai.jpa.site;

import org.commonmark.node.Text;
import org.commonmark.renderer.html.HtmlRenderer;

/** What surrounds the content of every page: its head, the search and the list of all pages. */
final class Layout {

    private static final HtmlRenderer RENDERER = HtmlRenderer.builder().build();

    private final String target;
    private final Navigation navigation;

    Layout(String target, Navigation navigation) {
        this.target = target;
        this.navigation = navigation;
    }

    String page(String title, String content) {
        return """
                <!DOCTYPE html>
                <html lang="en" data-root="%1$s">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>%2$s</title>
                <link rel="icon" href="data:,">
                <link rel="stylesheet" href="%1$ssite.css">
                <script defer src="%1$slunr.js"></script>
                <script defer src="%1$ssearch-index.js"></script>
                <script defer src="%1$ssite.js"></script>
                </head>
                <body>
                <nav aria-label="Pages">
                <input id="search" type="search" placeholder="Search" aria-label="Search the guide" autocomplete="off">
                <ul id="found" aria-live="polite" hidden></ul>
                %3$s</nav>
                <main>
                %4$s</main>
                </body>
                </html>
                """.formatted(root(), escaped(title), groups(), content);
    }

    private String groups() {
        StringBuilder html = new StringBuilder();
        navigation.groups().forEach((group, pages) -> {
            html.append("<details").append(isOpen(group) ? " open" : "").append("><summary>");
            html.append(escaped(group)).append("</summary>\n<ul>\n");
            for (Page page : pages) {
                html.append("<li><a ")
                        .append(page.target().equals(target) ? "aria-current=\"page\" " : "")
                        .append("href=\"")
                        .append(Links.relative(target, page.target()))
                        .append("\">")
                        .append(escaped(page.title()))
                        .append("</a></li>\n");
            }
            html.append("</ul></details>\n");
        });
        return html + "<p><a href=\"" + root() + "apidocs/index.html\">API (javadoc)</a></p>\n";
    }

    private boolean isOpen(String group) {
        return !group.equals("Decisions") || target.startsWith("decisions/");
    }

    private String root() {
        return "../".repeat((int) target.chars().filter(c -> c == '/').count());
    }

    private static String escaped(String text) {
        return RENDERER.render(new Text(text));
    }
}
