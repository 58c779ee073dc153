package io.hexai.jpa.test;

import io.hexai.jpa.event.EventStoreBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.TreeMap;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON as it comes out of a {@code jsonb} column: the keys of an object in an order of its own, each once, and numbers
 * without exponents. White space aside, which no reader notices.
 */
final class Jsonb {

    private static final JsonMapper MAPPER = EventStoreBuilder.defaultMapper()
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();

    /** Shorter keys first, then by their bytes. */
    private static final Comparator<String> KEYS = Comparator.comparing(
            Jsonb::bytes, Comparator.<byte[]>comparingInt(key -> key.length).thenComparing(Arrays::compareUnsigned));

    private Jsonb() {}

    static String normalised(String json) {
        return MAPPER.writeValueAsString(normalised(MAPPER.readTree(json)));
    }

    private static JsonNode normalised(JsonNode node) {
        if (node instanceof ObjectNode object) {
            TreeMap<String, JsonNode> sorted = new TreeMap<>(KEYS);
            object.properties().forEach(property -> sorted.put(property.getKey(), normalised(property.getValue())));
            ObjectNode copy = MAPPER.createObjectNode();
            sorted.forEach(copy::set);
            return copy;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode copy = MAPPER.createArrayNode();
            array.forEach(element -> copy.add(normalised(element)));
            return copy;
        }
        return node;
    }

    private static byte[] bytes(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }
}
