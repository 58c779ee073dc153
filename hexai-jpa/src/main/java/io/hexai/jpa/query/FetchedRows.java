package io.hexai.jpa.query;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Rows that have been fetched already. */
final class FetchedRows extends RowSource {

    private final Columns columns;
    private final ValueConversion conversion;
    private final List<@Nullable Object[]> rows;

    FetchedRows(Columns columns, ValueConversion conversion, List<@Nullable Object[]> rows) {
        this.columns = columns;
        this.conversion = conversion;
        this.rows = rows;
    }

    @Override
    QueryName queryName() {
        return columns.query();
    }

    @Override
    <T> @Nullable List<T> entities(Class<T> type, int most) {
        return null;
    }

    @Override
    <T extends @Nullable Object> List<T> fetch(Mapping<T> mapping, int most) {
        Function<ResultRow, T> mapper = mapping.of(columns);
        List<T> mapped = new ArrayList<>();
        for (@Nullable Object[] row : most == ALL ? rows : rows.subList(0, Math.min(most, rows.size()))) {
            mapped.add(mapper.apply(new ResultRow(columns, conversion, row)));
        }
        return mapped;
    }
}
