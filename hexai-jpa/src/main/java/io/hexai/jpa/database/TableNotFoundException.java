package io.hexai.jpa.database;

import io.hexai.jpa.HexaiJpaException;

/** A schema has no table of the name given. Names are taken as they are, in their own case. */
public final class TableNotFoundException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final String schema;
    private final String table;

    TableNotFoundException(String schema, String table) {
        super(
                "Schema \"" + schema + "\" has no table \"" + table
                        + "\". Names are matched in their own case; for another schema use inSchema(…)",
                null);
        this.schema = schema;
        this.table = table;
    }

    /**
     * Returns where it was looked for.
     *
     * @return the schema's name
     */
    public String schema() {
        return schema;
    }

    /**
     * Returns what was looked for.
     *
     * @return the table's name
     */
    public String table() {
        return table;
    }
}
