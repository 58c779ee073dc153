package io.hexai.jpa.site;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import net.sourceforge.plantuml.FileFormat;
import net.sourceforge.plantuml.FileFormatOption;
import net.sourceforge.plantuml.SourceStringReader;

/**
 * Draws the pictures of the documentation: each PlantUML text under {@code docs} becomes an SVG beside it, which names the
 * text that it was made from.
 */
public final class Diagrams {

    private Diagrams() {}

    /**
     * Draws every picture anew.
     *
     * @param args the root of the repository
     * @throws IOException if a file cannot be read or written
     */
    public static void main(String[] args) throws IOException {
        for (Path text : texts(Path.of(args[0]))) {
            Files.writeString(picture(text), draw(text));
        }
    }

    /** The texts that pictures are made from. */
    static List<Path> texts(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root.resolve("docs"))) {
            return files.filter(file -> file.toString().endsWith(".puml"))
                    .sorted()
                    .toList();
        }
    }

    /** Where the picture of a text lies. */
    static Path picture(Path text) {
        return text.resolveSibling(text.getFileName().toString().replaceFirst("\\.puml$", ".svg"));
    }

    /** What the picture of a text ends with: fonts differ between machines, so the pictures of one text do too. */
    static String mark(Path text) throws IOException {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(text));
            return "<!-- " + text.getFileName() + ", SHA-256 " + HexFormat.of().formatHex(digest) + " -->\n";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    private static String draw(Path text) throws IOException {
        ByteArrayOutputStream svg = new ByteArrayOutputStream();
        new SourceStringReader(Files.readString(text)).outputImage(svg, new FileFormatOption(FileFormat.SVG));
        return svg.toString(StandardCharsets.UTF_8) + mark(text);
    }
}
