package io.hexai.jpa.mapping;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Where a ciphertext belongs, as the associated data that is authenticated with it. Each part is preceded by its length, so
 * that no two places look alike. Part of the format: what it makes must never change. Immutable.
 */
record EncryptionContext(String table, String column) {

    /** Binds to one row, by the parts that {@link RowIdentity} makes of its identifier. */
    byte[] ofRow(List<String> row) {
        ByteArrayOutputStream bytes = start("hexai-jpa row 1");
        row.forEach(part -> append(bytes, part));
        return bytes.toByteArray();
    }

    /** Binds to the column only. */
    byte[] ofColumn() {
        return start("hexai-jpa column 1").toByteArray();
    }

    private ByteArrayOutputStream start(String format) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
        append(bytes, format);
        append(bytes, table);
        append(bytes, column);
        return bytes;
    }

    private static void append(ByteArrayOutputStream bytes, String part) {
        byte[] encoded = part.getBytes(StandardCharsets.UTF_8);
        bytes.writeBytes(
                ByteBuffer.allocate(Integer.BYTES).putInt(encoded.length).array());
        bytes.writeBytes(encoded);
    }
}
