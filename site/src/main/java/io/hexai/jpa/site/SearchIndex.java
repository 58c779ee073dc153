package io.hexai.jpa.site;

import java.util.ArrayList;
import java.util.List;
import org.commonmark.ext.heading.anchor.IdGenerator;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.Node;
import tools.jackson.databind.json.JsonMapper;

/** The sections of all pages, as a script: a page opened from the disk may load a script, but no data. */
final class SearchIndex {

    private final List<Section> sections = new ArrayList<>();

    /** Adds a page, section by section. */
    void add(Page page) {
        IdGenerator ids = IdGenerator.builder().build();
        String address = page.target();
        String heading = page.title();
        StringBuilder text = new StringBuilder();
        for (Node node = page.document().getFirstChild(); node != null; node = node.getNext()) {
            if (node instanceof Heading next) {
                close(page, address, heading, text);
                heading = Page.text(next);
                address = page.target() + "#" + ids.generateId(heading);
            } else if (!(node instanceof HtmlBlock)) {
                text.append(Page.text(node)).append('\n');
            }
        }
        close(page, address, heading, text);
    }

    /** A script that sets {@code window.sections}. */
    String script() {
        return "window.sections = " + JsonMapper.shared().writeValueAsString(sections) + ";\n";
    }

    private void close(Page page, String address, String heading, StringBuilder text) {
        if (!text.isEmpty() || address.contains("#")) {
            sections.add(
                    new Section(address, page.title(), heading, text.toString().strip()));
        }
        text.setLength(0);
    }

    /** What is searched, and found as a whole. */
    record Section(String address, String page, String heading, String text) {}
}
