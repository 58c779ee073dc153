package io.hexai.jpa.event;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/** Finds in a JSON text what PostgreSQL would refuse, before it dooms the transaction. */
final class JsonText {

    private static final JsonMapper MAPPER = JsonMapper.shared();
    private static final String ESCAPED_NUL = "\\u0000";

    private static final String NUL =
            "holds the character U+0000, which PostgreSQL cannot store. Remove the character, or"
                    + " store the text encoded, as Base64 for example.";

    private static final String SURROGATE =
            "holds half of a surrogate pair, which is no character. Remove it: it is mostly left of a text that was cut.";

    private JsonText() {}

    /** Returns the JSON of a part of the message. */
    static String storable(EventMessage message, String part, String json) {
        if (holdsNul(json)) {
            throw unstorable(message, part, json, text -> text.indexOf('\0') >= 0, NUL);
        }
        if (holdsLoneSurrogate(json)) {
            throw unstorable(message, part, json, JsonText::holdsLoneSurrogate, SURROGATE);
        }
        return json;
    }

    private static UnstorableEventException unstorable(
            EventMessage message, String part, String json, Predicate<String> isCulprit, String problem) {
        String path = path(part, json, isCulprit);
        return new UnstorableEventException(message, "the text at " + path + " " + problem, path, null);
    }

    /** Costs a second look at the text, which only failures take. */
    private static String path(String part, String json, Predicate<String> isCulprit) {
        try (JsonParser parser = MAPPER.createParser(json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                @Nullable
                String text = token == JsonToken.VALUE_STRING
                        ? parser.getString()
                        : token == JsonToken.PROPERTY_NAME ? parser.currentName() : null;
                if (text != null && isCulprit.test(text)) {
                    return readable(part + parser.streamReadContext().pathAsPointer());
                }
            }
        }
        return part;
    }

    /** The name of a property may be what is wrong. */
    private static String readable(String path) {
        StringBuilder readable = new StringBuilder(path.length());
        path.codePoints()
                .forEach(character -> readable.appendCodePoint(
                        character == 0 || Character.getType(character) == Character.SURROGATE ? '\ufffd' : character));
        return readable.toString();
    }

    /** The escape counts only after an even number of backslashes: an odd one makes the last of them a text's own. */
    private static boolean holdsNul(String json) {
        for (int at = json.indexOf(ESCAPED_NUL); at >= 0; at = json.indexOf(ESCAPED_NUL, at + 1)) {
            int before = at;
            while (before > 0 && json.charAt(before - 1) == '\\') {
                before--;
            }
            if ((at - before) % 2 == 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean holdsLoneSurrogate(String json) {
        for (int i = 0; i < json.length(); i++) {
            char character = json.charAt(i);
            if (Character.isSurrogate(character)) {
                if (Character.isLowSurrogate(character)
                        || i + 1 == json.length()
                        || !Character.isLowSurrogate(json.charAt(i + 1))) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }
}
