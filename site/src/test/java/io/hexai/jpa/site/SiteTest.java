package io.hexai.jpa.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteTest {

    @TempDir
    Path target;

    @Nested
    class OfThisRepository {

        @BeforeEach
        void build() throws IOException {
            new SiteBuilder(Path.of("..").toAbsolutePath().normalize(), target).build();
        }

        @Test
        void leadsFromEveryLinkToSomething() throws IOException {
            List<String> broken = new ArrayList<>();
            for (Path file : pages()) {
                Document page = Jsoup.parse(file);
                for (Element link : page.select("a[href], img[src], script[src], link[href]")) {
                    String address = link.hasAttr("href") ? link.attr("href") : link.attr("src");
                    if (!isSound(file, address)) {
                        broken.add(target.relativize(file) + " -> " + address);
                    }
                }
            }
            assertThat(broken).isEmpty();
        }

        @Test
        void namesEachPageByItsHeading() throws IOException {
            assertThat(pages()).allSatisfy(file -> {
                Document page = Jsoup.parse(file);
                assertThat(page.select("main h1").eachText()).containsExactly(page.title());
            });
        }

        @Test
        void letsTheSearchFindEverySection() throws IOException {
            String index = Files.readString(target.resolve("search-index.js"));
            for (Path file : pages()) {
                if (!file.startsWith(target.resolve("source"))) {
                    String page = Repository.slashed(target.relativize(file));
                    for (Element heading : Jsoup.parse(file).select("main h1, main h2, main h3")) {
                        assertThat(index).contains("\"" + page + "#" + heading.id() + "\"");
                    }
                }
            }
        }

        private boolean isSound(Path file, String address) throws IOException {
            if (address.startsWith("https:") || address.startsWith("data:") || address.contains("apidocs/")) {
                return true; // javadoc's pages are looked at in the browser
            }
            int hash = address.indexOf('#');
            String path = hash < 0 ? address : address.substring(0, hash);
            Path there = path.isEmpty() ? file : file.resolveSibling(path).normalize();
            return Files.isRegularFile(there)
                    && (hash < 0 || Jsoup.parse(there).getElementById(address.substring(hash + 1)) != null);
        }
    }

    @Nested
    class OfOneWithFaults {

        @TempDir
        Path root;

        @BeforeEach
        void smallRepository() throws IOException {
            Files.createDirectories(root.resolve("docs/guide"));
            Files.writeString(root.resolve("README.md"), "# Readme\n\n[guide](docs/guide)\n");
            Files.writeString(root.resolve("docs/guide/README.md"), "# Guide\n\n[one](one.md)\n");
            Files.writeString(root.resolve("docs/guide/one.md"), "# One\n");
        }

        @Test
        void namesALinkThatLeadsNowhere() throws IOException {
            Files.writeString(root.resolve("docs/guide/one.md"), "# One\n\n[two](two.md) ![p](no.svg)\n");
            assertThatIllegalStateException()
                    .isThrownBy(() -> new SiteBuilder(root, target).build())
                    .withMessageContaining("docs/guide/one.md links to docs/guide/two.md, which is not there")
                    .withMessageContaining("docs/guide/one.md shows no.svg, which is not there");
        }

        @Test
        void namesAPageThatTheGuideDoesNotList() throws IOException {
            Files.writeString(root.resolve("docs/guide/two.md"), "# Two\n");
            assertThatIllegalStateException()
                    .isThrownBy(() -> new SiteBuilder(root, target).build())
                    .withMessageContaining("docs/guide/two.md is not in the list of docs/guide/README.md");
        }

        @Test
        void shutsMarkupOfASourceIntoItsPage() throws IOException {
            Files.writeString(root.resolve("a.xml"), "<script>alert(1)</script>");
            Files.writeString(root.resolve("docs/guide/one.md"), "# One\n\n[a](../../a.xml)\n");
            new SiteBuilder(root, target).build();
            Document page = Jsoup.parse(target.resolve("source/a.xml.html"));
            assertThat(page.select("main pre").text()).isEqualTo("<script>alert(1)</script>");
        }
    }

    private List<Path> pages() throws IOException {
        try (Stream<Path> files = Files.walk(target)) {
            return files.filter(file -> file.toString().endsWith(".html")).toList();
        }
    }
}
