package io.hexai.jpa.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of one embedded server. Its name and a file lock, which the operating system gives up with the process,
 * say whose it is: a directory that nobody holds belongs to a JVM that was killed, and is cleaned up with its server when
 * the next one is made.
 */
final class ServerDirectory implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedServer.class);
    private static final Pattern NAME = Pattern.compile("server-(\\d+)-.*");
    private static final String LOCK = "lock";
    private static final Object THIS_JVM = new Object();

    private final Path path;
    private final FileChannel lock;

    private ServerDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /** Cleaning and making are under one lock, so that nobody mistakes for abandoned what is not yet locked. */
    static ServerDirectory createIn(Path home) {
        synchronized (THIS_JVM) {
            try {
                prepare(home);
                try (FileChannel all = open(home.resolve(LOCK));
                        var held = all.lock()) {
                    LOG.trace("Holding {}", held);
                    removeAbandoned(home);
                    Path path = Files.createTempDirectory(
                            home, "server-" + ProcessHandle.current().pid() + "-");
                    FileChannel lock = open(path.resolve(LOCK));
                    lock.lock();
                    return new ServerDirectory(path, lock);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("Making a directory for the embedded PostgreSQL below " + home, e);
            }
        }
    }

    /** Other users of the machine can write to the temporary directory too, and must not slip in theirs. */
    static void prepare(Path home) throws IOException {
        Path above = home.toAbsolutePath().getParent();
        if (above != null) {
            Files.createDirectories(above);
        }
        try {
            Files.createDirectory(home, forThisUserOnly(home));
        } catch (FileAlreadyExistsException e) {
            LOG.trace("Using {}, which is there", home);
        }
        if (!Files.isDirectory(home, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(home + " is no directory; remove it, or set another java.io.tmpdir");
        }
        Path probe = Files.createTempFile(home, "owner-", "");
        try {
            if (!Files.getOwner(probe).equals(Files.getOwner(home, LinkOption.NOFOLLOW_LINKS))) {
                throw new IOException(
                        home + " belongs to " + Files.getOwner(home) + "; remove it, or set another java.io.tmpdir");
            }
        } finally {
            Files.delete(probe);
        }
    }

    private static FileAttribute<?>[] forThisUserOnly(Path home) {
        return home.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                }
                : new FileAttribute<?>[0];
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static void removeAbandoned(Path home) throws IOException {
        List<Path> directories;
        try (Stream<Path> children = Files.list(home)) {
            directories = children.filter(ServerDirectory::isOfAnotherProcess).toList();
        }
        for (Path directory : directories) {
            try {
                if (isAbandoned(directory)) {
                    LOG.info("Removing the embedded PostgreSQL in {}, whose JVM was killed", directory);
                    OrphanedServer.end(directory.resolve("data"));
                    FileTree.delete(directory);
                }
            } catch (IOException e) {
                LOG.warn("Cannot remove {}, left behind by a JVM that was killed", directory, e);
            }
        }
    }

    /** The lock of this process must not even be opened, since closing it again would give it up. */
    private static boolean isOfAnotherProcess(Path directory) {
        Matcher name = NAME.matcher(directory.getFileName().toString());
        return name.matches()
                && !name.group(1).equals(Long.toString(ProcessHandle.current().pid()));
    }

    private static boolean isAbandoned(Path directory) throws IOException {
        try (FileChannel channel = open(directory.resolve(LOCK));
                var held = channel.tryLock()) {
            return held != null;
        }
    }

    Path path() {
        return path;
    }

    Path data() {
        return path.resolve("data");
    }

    @Override
    public void close() {
        try {
            lock.close();
            FileTree.delete(path);
        } catch (IOException e) {
            LOG.warn("Cannot remove {}; the next server that is started here will try again", path, e);
        }
    }
}
