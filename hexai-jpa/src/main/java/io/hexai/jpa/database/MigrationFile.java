package io.hexai.jpa.database;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One migration of a directory.
 *
 * @param name the name of its directory, by which the ledger knows it
 * @param number the number with which the name begins
 * @param script its statements
 */
record MigrationFile(String name, BigInteger number, MigrationScript script) {

    /** By number, and by name where two have the same. */
    static final Comparator<MigrationFile> ORDER =
            Comparator.comparing(MigrationFile::number).thenComparing(MigrationFile::name);

    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    static MigrationFile of(String location, String name, String text) {
        Matcher number = NUMBER.matcher(name);
        if (!number.lookingAt()) {
            throw new InvalidMigrationException(
                    location,
                    "\"" + name + "\" has no place in the order: begin its name with a number, as in 001_" + name,
                    null);
        }
        String content = text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        return new MigrationFile(
                name, new BigInteger(number.group()), MigrationScript.parse(location + "/" + name, content));
    }

    /** A digest of what applies the migration, whatever the line ends are; its rollback may be improved later. */
    String checksum() {
        String content = script.forwardText().replace("\r\n", "\n").stripTrailing();
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /** Returns the statements that take the migration back, and fails if it does not say how. */
    List<String> rollback(MigrationLocation location) {
        List<String> rollback = script.rollback();
        if (rollback == null) {
            throw new InvalidMigrationException(
                    location + "/" + name, "cannot be rolled back: it has no line \"-- rollback\"", null);
        }
        return rollback;
    }
}
