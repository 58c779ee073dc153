package io.hexai.jpa.site;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Link;

/**
 * The order of the pages: the guide's as its first page lists them, then all others.
 *
 * @param groups the pages by the name of their group
 * @param problems what cannot be found by reading on from page to page
 */
record Navigation(Map<String, List<Page>> groups, List<String> problems) {

    private static final Path GUIDE = Path.of("docs/guide");
    private static final Path FIRST = GUIDE.resolve("README.md");

    static Navigation of(List<Page> pages) {
        Map<Path, Page> bySource = pages.stream().collect(Collectors.toMap(Page::source, Function.identity()));
        Page first = bySource.get(FIRST);
        if (first == null) {
            throw new IllegalStateException(FIRST + " is missing: it lists the guide's pages in reading order");
        }
        List<Page> guide = new ArrayList<>(List.of(first));
        first.document().accept(new AbstractVisitor() {
            @Override
            public void visit(Link link) {
                Page page = bySource.get(GUIDE.resolve(link.getDestination()).normalize());
                if (page != null && page.source().startsWith(GUIDE) && !guide.contains(page)) {
                    guide.add(page);
                }
            }
        });
        List<String> problems = under(pages, GUIDE).stream()
                .filter(page -> !guide.contains(page))
                .map(page -> page.source() + " is not in the list of " + FIRST)
                .toList();
        Map<String, List<Page>> groups = new LinkedHashMap<>();
        groups.put("hexai-jpa", topmost(pages));
        groups.put("Guide", guide);
        groups.put("Decisions", under(pages, Path.of("docs/decisions")));
        return new Navigation(groups, problems);
    }

    private static List<Page> topmost(List<Page> pages) {
        List<Page> top = new ArrayList<>(pages.stream()
                .filter(page -> !page.source().startsWith(GUIDE))
                .filter(page -> !page.source().startsWith("docs/decisions"))
                .toList());
        top.sort((a, b) ->
                Boolean.compare(b.target().equals("index.html"), a.target().equals("index.html")));
        return top;
    }

    private static List<Page> under(List<Page> pages, Path directory) {
        return pages.stream()
                .filter(page -> page.source().startsWith(directory))
                .toList();
    }
}
