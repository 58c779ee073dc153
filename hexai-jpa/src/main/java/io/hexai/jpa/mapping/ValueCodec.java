package io.hexai.jpa.mapping;

import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Turns a value into the bytes that are encrypted, and back. Thread-safe. */
interface ValueCodec {

    byte[] encode(Object value) throws CharacterCodingException;

    Object decode(byte[] bytes) throws CharacterCodingException;

    /** Returns the codec for attributes of a type. */
    static ValueCodec of(Type type) {
        if (type == String.class) {
            return new Text();
        }
        return type == byte[].class ? new Bytes() : Json.of(type);
    }

    /** UTF-8; a text that has no such form is refused rather than changed. */
    record Text() implements ValueCodec {

        @Override
        public byte[] encode(Object value) throws CharacterCodingException {
            ByteBuffer buffer = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap((String) value));
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            return bytes;
        }

        @Override
        public Object decode(byte[] bytes) throws CharacterCodingException {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        }
    }

    /** Copies, since the application may change its array. */
    record Bytes() implements ValueCodec {

        @Override
        public byte[] encode(Object value) {
            return ((byte[]) value).clone();
        }

        @Override
        public Object decode(byte[] bytes) {
            return bytes.clone();
        }
    }

    /** Equal maps are written alike, so that they are not taken for changed. */
    record Json(JavaType type) implements ValueCodec {

        private static final JsonMapper MAPPER = JsonMapper.builder()
                .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                .build();

        static Json of(Type type) {
            return new Json(MAPPER.constructType(type));
        }

        @Override
        public byte[] encode(Object value) {
            return MAPPER.writerFor(type).writeValueAsBytes(value);
        }

        @Override
        public Object decode(byte[] bytes) {
            return MAPPER.readValue(bytes, type);
        }
    }
}
