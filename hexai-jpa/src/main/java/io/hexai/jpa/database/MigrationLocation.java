package io.hexai.jpa.database;

/**
 * Where migrations lie: {@code classpath:…} or a path in the file system.
 *
 * @param isClasspath whether the path is one of class path resources
 * @param path the path without its scheme
 */
record MigrationLocation(boolean isClasspath, String path) {

    private static final String CLASSPATH = "classpath:";

    static MigrationLocation parse(String location) {
        if (!location.startsWith(CLASSPATH)) {
            return new MigrationLocation(false, location);
        }
        String path = location.substring(CLASSPATH.length());
        while (path.startsWith("/")) {
            path = path.substring(1);
        }
        while (path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        return new MigrationLocation(true, path);
    }

    /** Returns the class loader that has this path: the thread's, else the library's own. */
    ClassLoader classLoader() {
        for (ClassLoader loader : new ClassLoader[] {anyClassLoader(), ownClassLoader()}) {
            if (loader.getResource(path) != null) {
                return loader;
            }
        }
        throw new InvalidMigrationException(
                toString(), "no such resource on the class path; its name starts at the root, without a slash", null);
    }

    /** Returns the thread's class loader, or the library's if it has none. */
    static ClassLoader anyClassLoader() {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        return loader == null ? ownClassLoader() : loader;
    }

    private static ClassLoader ownClassLoader() {
        ClassLoader own = MigrationLocation.class.getClassLoader();
        return own == null ? ClassLoader.getSystemClassLoader() : own;
    }

    @Override
    public String toString() {
        return isClasspath ? CLASSPATH + path : path;
    }
}
