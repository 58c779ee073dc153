package io.hexai.jpa.database;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Percent-encoding of RFC 3986: a plus sign is a plus sign. Encodes more than it must, to be safe in every part of a URL. */
final class Percent {

    private static final String UNENCODED = "-._~*";

    private Percent() {}

    static String encode(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (isUnencoded(c)) {
                encoded.append(c);
            } else {
                encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return encoded.toString();
    }

    private static boolean isUnencoded(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || UNENCODED.indexOf(c) >= 0;
    }

    /**
     * Undoes {@link #encode}.
     *
     * @throws CharacterCodingException if a percent sign is not followed by two hexadecimal digits, or the bytes are not UTF-8
     */
    static String decode(String text) throws CharacterCodingException {
        if (text.indexOf('%') < 0) {
            return text;
        }
        ByteBuffer source = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        ByteBuffer decoded = ByteBuffer.allocate(source.remaining());
        while (source.hasRemaining()) {
            byte b = source.get();
            decoded.put(b == '%' ? hexByte(source) : b);
        }
        return StandardCharsets.UTF_8.newDecoder().decode(decoded.flip()).toString();
    }

    private static byte hexByte(ByteBuffer source) throws CharacterCodingException {
        if (source.remaining() < 2) {
            throw new CharacterCodingException();
        }
        int high = source.get();
        int low = source.get();
        if (!HexFormat.isHexDigit(high) || !HexFormat.isHexDigit(low)) {
            throw new CharacterCodingException();
        }
        return (byte) (HexFormat.fromHexDigit(high) << 4 | HexFormat.fromHexDigit(low));
    }
}
