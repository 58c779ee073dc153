package io.hexai.jpa.query;

import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the log about one run of a query. */
final class QueryLog {

    private static final Logger LOG = LoggerFactory.getLogger(Queries.class);

    private final SqlQuery query;
    private final boolean withValues;
    private final long start = System.nanoTime();

    QueryLog(SqlQuery query, boolean withValues) {
        this.query = query;
        this.withValues = withValues;
    }

    void ended(String outcome) {
        if (LOG.isDebugEnabled()) {
            QueryName name = query.queryName();
            long micros = (System.nanoTime() - start) / 1_000;
            LOG.debug(
                    "{} {} after {} ms: {}{}",
                    name.name() == null ? "An unnamed query" : "Query '" + name.name() + "'",
                    outcome,
                    micros / 1_000.0,
                    name.sql().strip(),
                    withValues ? " with " + described(query.values()) : "");
        }
    }

    private static String described(Map<String, BoundValue> values) {
        StringBuilder described = new StringBuilder("{");
        values.forEach((name, value) -> described
                .append(described.length() > 1 ? ", " : "")
                .append(name)
                .append('=')
                .append(value.value()));
        return described.append('}').toString();
    }
}
