package io.hexai.jpa.database;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** Reads the migrations of a directory, which may be on the class path, also within a jar. */
final class MigrationDirectory {

    private static final String FILE = "migration.sql";

    private final MigrationLocation location;
    private final TreeMap<String, byte[]> scripts = new TreeMap<>();

    private MigrationDirectory(MigrationLocation location) {
        this.location = location;
    }

    /** Returns the migrations in their order. */
    static List<MigrationFile> read(MigrationLocation location) {
        MigrationDirectory directory = new MigrationDirectory(location);
        try {
            if (location.isClasspath()) {
                directory.readClasspath();
            } else {
                directory.readPath(Path.of(location.path()));
            }
        } catch (IOException | URISyntaxException e) {
            throw new InvalidMigrationException(location.toString(), "cannot be read: " + e, e);
        }
        return directory.migrations();
    }

    private List<MigrationFile> migrations() {
        List<MigrationFile> migrations = new ArrayList<>();
        scripts.forEach(
                (name, content) -> migrations.add(MigrationFile.of(location.toString(), name, decoded(name, content))));
        migrations.sort(MigrationFile.ORDER);
        return migrations;
    }

    private void readClasspath() throws IOException, URISyntaxException {
        for (URL url : Collections.list(location.classLoader().getResources(location.path()))) {
            URLConnection connection = url.openConnection();
            if (connection instanceof JarURLConnection jar) {
                jar.setUseCaches(false);
                try (JarFile file = jar.getJarFile()) {
                    readJar(file, jar.getEntryName());
                }
            } else {
                readPath(Path.of(new URI(url.toString())));
            }
        }
    }

    private void readPath(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new InvalidMigrationException(
                    location.toString(), "no such directory (looked at " + directory.toAbsolutePath() + ")", null);
        }
        List<Path> children;
        try (Stream<Path> entries = Files.list(directory)) {
            children = entries.filter(Files::isDirectory).toList();
        }
        for (Path child : children) {
            String name = child.getFileName().toString();
            if (name.startsWith(".")) {
                continue;
            }
            Path script = child.resolve(FILE);
            if (!Files.exists(script)) {
                throw new InvalidMigrationException(location.toString(), "\"" + name + "\" has no " + FILE, null);
            }
            add(name, Files.readAllBytes(script));
        }
    }

    private void readJar(JarFile jar, String directory) throws IOException {
        String prefix = directory.endsWith("/") ? directory : directory + "/";
        for (JarEntry entry : Collections.list(jar.entries())) {
            String name = entry.getName();
            if (name.startsWith(prefix) && name.endsWith("/" + FILE)) {
                String migration = name.substring(prefix.length(), name.length() - FILE.length() - 1);
                if (!migration.contains("/")) {
                    try (InputStream content = jar.getInputStream(entry)) {
                        add(migration, content.readAllBytes());
                    }
                }
            }
        }
    }

    private void add(String name, byte[] content) {
        if (scripts.put(name, content) != null) {
            throw new InvalidMigrationException(
                    location.toString(), "\"" + name + "\" is there twice on the class path; rename one", null);
        }
    }

    private String decoded(String name, byte[] content) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new InvalidMigrationException(location + "/" + name, "is not UTF-8", e);
        }
    }
}
