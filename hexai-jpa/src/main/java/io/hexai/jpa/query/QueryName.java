package io.hexai.jpa.query;

import org.jspecify.annotations.Nullable;

/** How a query is called in messages: by its name, or else by its text, which holds no values. */
record QueryName(@Nullable String name, String sql) {

    @Override
    public String toString() {
        return name == null ? "the unnamed query \"" + sql.strip() + "\"" : "query '" + name + "'";
    }
}
