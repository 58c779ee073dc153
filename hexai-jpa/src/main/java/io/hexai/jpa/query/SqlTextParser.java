package io.hexai.jpa.query;

import io.hexai.jpa.internal.SqlScanner;
import io.hexai.jpa.query.SqlText.Literal;
import io.hexai.jpa.query.SqlText.Operator;
import io.hexai.jpa.query.SqlText.Parameter;
import io.hexai.jpa.query.SqlText.Part;
import io.hexai.jpa.query.SqlText.Place;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Finds the parameters of a text: a colon and a name, outside of strings, quoted names, dollar quotes and comments. Not a
 * parameter are {@code ::type}, {@code :=}, and the colon of an array's slice, {@code a[1:n]}, which follows a value.
 */
final class SqlTextParser {

    /** Reserved words that no value ends with. */
    private static final Set<String> BEFORE_VALUES = Set.of("and", "case", "else", "not", "or", "then", "when");

    private final String sql;
    private final List<Item> items = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();
    private final Deque<Bracket> open = new ArrayDeque<>();
    private int written;

    SqlTextParser(String sql) {
        this.sql = sql;
        new SqlScanner(sql, new Collector()).scan();
    }

    List<Part> parse() {
        for (int i = 0; i < items.size(); i++) {
            Item item = items.get(i);
            switch (item.text()) {
                case "(" -> open.push(isWord(i - 1, "in") ? Bracket.IN : Bracket.ROUND);
                case "[" -> open.push(beginsList(i) ? Bracket.LIST : Bracket.SUBSCRIPT);
                case ")", "]" -> open.poll();
                case "?" -> add(item.start(), item.end(), new Operator());
                case ":" -> i = colon(i);
                default -> {}
            }
        }
        if (written < sql.length()) {
            parts.add(new Literal(sql.substring(written)));
        }
        return parts;
    }

    /** Returns the last item that belongs to what begins with this colon. */
    private int colon(int i) {
        if (isAdjacent(i, ":")) {
            return i + 1;
        }
        if (i + 1 >= items.size() || !items.get(i + 1).isWord() || !touches(i) || isSlice(i)) {
            return i;
        }
        String name = items.get(i + 1).text();
        int start = items.get(i).start();
        int end = items.get(i + 1).end();
        boolean begins = open.peek() == Bracket.IN && (isPunctuation(i - 1, "(") || isPunctuation(i - 1, ","));
        boolean ends = isFollowedBy(i + 1, ")") || isFollowedBy(i + 1, ",");
        if (!begins || !ends || !isBlankBetween(i - 1, i)) {
            add(start, end, new Parameter(name, Place.ELSEWHERE, sql.substring(start, end)));
            return i + 1;
        }
        if (isPunctuation(i - 1, "(") && isFollowedBy(i + 1, ")")) {
            boolean negated = isWord(i - 3, "not") && isBlankBetween(i - 3, i - 2);
            int from = items.get(negated ? i - 3 : i - 2).start();
            int to = items.get(i + 2).end();
            Place place = negated ? Place.WHOLE_NOT_IN : Place.WHOLE_IN;
            add(from, to, new Parameter(name, place, sql.substring(from, to)));
            open.poll();
            return i + 2;
        }
        add(start, end, new Parameter(name, Place.AMONG_IN, sql.substring(start, end)));
        return i + 1;
    }

    private void add(int start, int end, Part part) {
        if (start > written) {
            parts.add(new Literal(sql.substring(written, start)));
        }
        parts.add(part);
        written = end;
    }

    /** {@code ARRAY[…]}, or a list of its own within one. */
    private boolean beginsList(int i) {
        return isWord(i - 1, "array")
                || open.peek() == Bracket.LIST && (isPunctuation(i - 1, "[") || isPunctuation(i - 1, ","));
    }

    /** Within a subscript, a colon after a value ends the lower bound. */
    private boolean isSlice(int i) {
        if (open.peek() != Bracket.SUBSCRIPT || isBlankBetween(i - 1, i) && isBeforeValue(items.get(i - 1))) {
            return false;
        }
        String before = sql.substring(0, items.get(i).start()).stripTrailing();
        char last = before.charAt(before.length() - 1);
        return Character.isLetterOrDigit(last) || "_$)]'\"".indexOf(last) >= 0;
    }

    private static boolean isBeforeValue(Item item) {
        return item.isWord() && BEFORE_VALUES.contains(item.text().toLowerCase(Locale.ROOT));
    }

    private boolean isAdjacent(int i, String next) {
        return i + 1 < items.size() && items.get(i + 1).text().equals(next) && touches(i);
    }

    private boolean touches(int i) {
        return items.get(i).end() == items.get(i + 1).start();
    }

    private boolean isWord(int i, String word) {
        return i >= 0 && items.get(i).isWord() && items.get(i).text().equalsIgnoreCase(word);
    }

    private boolean isPunctuation(int i, String symbol) {
        return i >= 0 && items.get(i).text().equals(symbol);
    }

    private boolean isFollowedBy(int i, String symbol) {
        return isPunctuation(i + 1 < items.size() ? i + 1 : -1, symbol) && isBlankBetween(i, i + 1);
    }

    /** A string or a number in between is no item. */
    private boolean isBlankBetween(int i, int j) {
        return sql.substring(items.get(i).end(), items.get(j).start()).isBlank();
    }

    private enum Bracket {
        IN,
        ROUND,
        LIST,
        SUBSCRIPT
    }

    /** A word, or a symbol that is no space. */
    private record Item(String text, int start, int end, boolean isWord) {}

    private final class Collector implements SqlScanner.Listener {

        @Override
        public void word(String word, int offset) {
            items.add(new Item(word, offset, offset + word.length(), true));
        }

        @Override
        public void symbol(char symbol, int offset) {
            if (!Character.isWhitespace(symbol)) {
                items.add(new Item(String.valueOf(symbol), offset, offset + 1, false));
            }
        }

        @Override
        public void lineComment(int start, int end) {}
    }
}
