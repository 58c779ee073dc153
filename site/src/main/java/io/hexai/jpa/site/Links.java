package io.hexai.jpa.site;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the links of the pages lead within the site, and what they need there. */
final class Links {

    /** A package of a published module; its page is made by javadoc. */
    private static final Pattern PACKAGE = Pattern.compile("hexai-jpa[a-z-]*/src/main/java/(io/hexai/jpa(?:/\\w+)*)");

    private static final Pattern ELSEWHERE = Pattern.compile("^(?:[a-z]+:|#).*");

    private final Repository repository;
    private final Map<Path, String> pages = new HashMap<>();
    private final Map<String, Listing> listings = new TreeMap<>();
    private final Set<Path> images = new LinkedHashSet<>();
    private final List<String> problems = new ArrayList<>();

    Links(Repository repository, List<Page> pages) {
        this.repository = repository;
        pages.forEach(page -> this.pages.put(page.source(), page.target()));
    }

    /** The address, within the site, of what a page links to. */
    String link(Page page, String destination) {
        if (ELSEWHERE.matcher(destination).matches()) {
            return destination;
        }
        int hash = destination.indexOf('#');
        Path path = resolve(page, hash < 0 ? destination : destination.substring(0, hash));
        return relative(page.target(), target(page, path)) + (hash < 0 ? "" : destination.substring(hash));
    }

    /** The address, within the site, of a picture. */
    String image(Page page, String destination) {
        Path path = resolve(page, destination);
        if (repository.isFile(path)) {
            images.add(path);
        } else {
            problems.add(page.source() + " shows " + destination + ", which is not there");
        }
        return relative(page.target(), Repository.published(path));
    }

    Collection<Listing> listings() {
        return listings.values();
    }

    Collection<Path> images() {
        return images;
    }

    List<String> problems() {
        return problems;
    }

    /** The way from one file of the site to another. */
    static String relative(String from, String to) {
        // as seen from the file itself, one step too far down
        return Repository.slashed(Path.of("/" + from).relativize(Path.of("/" + to)))
                .replaceFirst("^\\.\\./", "");
    }

    private static Path resolve(Page page, String destination) {
        return Path.of("/")
                .relativize(Path.of("/")
                        .resolve(page.source())
                        .resolveSibling(destination)
                        .normalize());
    }

    private String target(Page page, Path path) {
        String known = pages.get(path);
        if (known != null) {
            return known;
        }
        if (repository.isDirectory(path)) {
            String index = pages.get(path.resolve("README.md"));
            if (index != null) {
                return index;
            }
            Matcher packaged = PACKAGE.matcher(Repository.slashed(path));
            if (packaged.matches()) {
                return "apidocs/" + packaged.group(1) + "/package-summary.html";
            }
        } else if (!repository.isFile(path)) {
            problems.add(page.source() + " links to " + path + ", which is not there");
            return page.target();
        }
        return listing(path).target();
    }

    /** The page of a source; that of a directory brings those of the files in it along. */
    private Listing listing(Path path) {
        String key = Repository.slashed(path);
        Listing known = listings.get(key);
        if (known != null) {
            return known;
        }
        Listing listing = Listing.of(repository, path);
        listings.put(key, listing);
        listing.entries().forEach(this::listing);
        return listing;
    }
}
