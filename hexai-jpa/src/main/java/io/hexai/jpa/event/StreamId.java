package io.hexai.jpa.event;

import org.jspecify.annotations.Nullable;

/**
 * Names a stream: the events of one thing, such as one order, each with a version that starts at 1. Immutable. Its text is
 * {@code <category>-<id>}.
 */
public final class StreamId {

    private static final char SEPARATOR = '-';

    private final String text;
    private final int categoryLength;

    private StreamId(String text, int categoryLength) {
        this.text = text;
        this.categoryLength = categoryLength;
    }

    /**
     * Names a stream.
     *
     * @param category the kind of thing, such as {@code order}; not blank, and without {@code -}
     * @param id which one; not blank
     * @return the stream's id
     * @throws IllegalArgumentException if either is blank or holds the character U+0000, or the category contains {@code -}
     */
    public static StreamId of(String category, String id) {
        if (category.isBlank() || category.indexOf(SEPARATOR) >= 0) {
            throw new IllegalArgumentException("A stream's category must not be blank and must not contain '"
                    + SEPARATOR + "', which ends it, but is '" + category + "'.");
        }
        if (id.isBlank()) {
            throw new IllegalArgumentException("The id of a stream of category '" + category + "' must not be blank.");
        }
        String text = category + SEPARATOR + id;
        int nul = text.indexOf('\0');
        if (nul >= 0) {
            throw new IllegalArgumentException("The stream '" + text.replace('\0', '␀')
                    + "' has the character U+0000 at index " + nul + ", which PostgreSQL cannot store. Remove it.");
        }
        return new StreamId(text, category.length());
    }

    /** Reads what is stored, whoever wrote it: text without a separator is all category. */
    static StreamId parse(String text) {
        int separator = text.indexOf(SEPARATOR);
        return new StreamId(text, separator < 0 ? text.length() : separator);
    }

    /**
     * Returns the kind of thing.
     *
     * @return the part before the first {@code -}
     */
    public String category() {
        return text.substring(0, categoryLength);
    }

    /**
     * Returns which one of its category it is.
     *
     * @return the part after the first {@code -}
     */
    public String id() {
        return text.substring(Math.min(categoryLength + 1, text.length()));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StreamId that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** Returns {@code <category>-<id>}, as it is stored. */
    @Override
    public String toString() {
        return text;
    }
}
