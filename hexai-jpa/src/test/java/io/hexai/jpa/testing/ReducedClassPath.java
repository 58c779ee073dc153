package io.hexai.jpa.testing;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Loads the classes of the library and of the tests anew, where an optional dependency is missing. */
public final class ReducedClassPath {

    private ReducedClassPath() {}

    /** Returns a loader of its own for all but the jars whose path contains one of the texts; the caller closes it. */
    public static URLClassLoader without(String... texts) {
        URL[] classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> Stream.of(texts).noneMatch(entry::contains))
                .map(ReducedClassPath::url)
                .toArray(URL[]::new);
        return new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader());
    }

    private static URL url(String path) {
        try {
            return Path.of(path).toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
