package io.hexai.jpa.event;

/** Finds in a JSON text what PostgreSQL would refuse, before it dooms the transaction. */
final class JsonText {

    private static final String ESCAPED_NUL = "\\u0000";

    private JsonText() {}

    static String storable(EventMessage message, String json) {
        if (holdsNul(json)) {
            throw new UnstorableEventException(
                    message,
                    "a text in it holds the character U+0000, which PostgreSQL cannot store. Remove it.",
                    null);
        }
        if (holdsLoneSurrogate(json)) {
            throw new UnstorableEventException(
                    message, "a text in it holds half of a surrogate pair, which is no character. Remove it.", null);
        }
        return json;
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
