package io.hexai.jpa.site;

import java.util.Map;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.renderer.html.AttributeProvider;
import org.commonmark.renderer.html.HtmlRenderer;

/** Turns pages into HTML whose links lead to the site's own files. */
final class Markdown {

    private final Links links;

    Markdown(Links links) {
        this.links = links;
    }

    String render(Page page) {
        return HtmlRenderer.builder()
                .extensions(Page.EXTENSIONS)
                .attributeProviderFactory(context -> new Rewriting(page))
                .build()
                .render(page.document());
    }

    /** Puts the address within the site in the place of the one within the repository. */
    private final class Rewriting implements AttributeProvider {

        private final Page page;

        private Rewriting(Page page) {
            this.page = page;
        }

        @Override
        public void setAttributes(Node node, String tagName, Map<String, String> attributes) {
            if (node instanceof Link link) {
                attributes.put("href", links.link(page, link.getDestination()));
            } else if (node instanceof Image image) {
                attributes.put("src", links.image(page, image.getDestination()));
            }
        }
    }
}
