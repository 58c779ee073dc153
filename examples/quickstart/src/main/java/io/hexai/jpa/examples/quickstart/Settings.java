package io.hexai.jpa.examples.quickstart;

import io.hexai.jpa.database.InvalidConfigException;
import io.hexai.jpa.database.PostgresConfig;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a run is told from outside.
 *
 * @param ordersFile null for the orders that ship with the program
 * @param database null for an embedded server
 * @param threads how many take orders at once
 */
record Settings(@Nullable Path ordersFile, @Nullable PostgresConfig database, int threads) {

    static final String DATABASE_VARIABLE = "HEXAI_DB_URL";

    private static final String SHIPPED_ORDERS = "/quickstart/orders.jsonl";

    /** Reads the system properties {@code orders} and {@code threads}, and the variable {@code HEXAI_DB_URL}. */
    static Settings read(Map<?, ?> properties, Map<String, String> environment) throws UnusableSettingException {
        return new Settings(
                ordersFile(text(properties.get("orders"))),
                database(text(environment.get(DATABASE_VARIABLE))),
                threads(text(properties.get("threads"))));
    }

    URL orders() throws MalformedURLException {
        return ordersFile == null
                ? Objects.requireNonNull(Settings.class.getResource(SHIPPED_ORDERS), SHIPPED_ORDERS)
                : ordersFile.toUri().toURL();
    }

    /** One for each thread; migrations need two even if there is but one thread. */
    int connections() {
        return threads + 1;
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString().strip();
    }

    private static @Nullable Path ordersFile(String name) throws UnusableSettingException {
        try {
            Path file = name.isEmpty() ? null : Path.of(name);
            if (file == null || Files.isReadable(file) && !Files.isDirectory(file)) {
                return file;
            }
            throw new UnusableSettingException("-Dorders=" + name + " names no file that can be read (looked for "
                    + file.toAbsolutePath() + "). Without it, the orders that ship with the program are taken.");
        } catch (InvalidPathException e) {
            throw new UnusableSettingException("-Dorders=" + name + " is no file name: " + e.getReason());
        }
    }

    private static @Nullable PostgresConfig database(String url) throws UnusableSettingException {
        try {
            return url.isEmpty() ? null : PostgresConfig.fromUrl(url);
        } catch (InvalidConfigException e) {
            throw new UnusableSettingException(DATABASE_VARIABLE + " cannot be used. " + e.getMessage());
        }
    }

    private static int threads(String number) throws UnusableSettingException {
        if (number.isEmpty()) {
            return Math.max(4, Runtime.getRuntime().availableProcessors());
        }
        if (!number.matches("[1-9][0-9]{0,2}")) {
            throw new UnusableSettingException("-Dthreads=" + number + " is not a number from 1 to 999.");
        }
        return Integer.parseInt(number);
    }
}
