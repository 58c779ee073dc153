package io.hexai.jpa.event;

/**
 * The advisory locks by which a running appender shows from where on it may fill in positions.
 *
 * <p>An appender reads the sequence's last value L, then takes a shared lock whose key carries L, then draws its positions,
 * which are all greater than L. The lock goes with the transaction, or with a savepoint that is rolled back. PostgreSQL
 * makes a commit visible before it releases the locks; so whoever reads the last value M, then the lowest L that is still
 * held, and takes its snapshot after that, sees everything that will ever appear at or below both.
 *
 * <p>A key is 24 bits of the sequence's oid and 40 bits of L, which is completed from M: locks of other stores, and of
 * other programs, are not confused with these, and positions may exceed 40 bits.
 */
final class PositionLocks {

    private static final long STORE_MASK = (1L << 24) - 1;
    private static final long POSITION_MASK = (1L << 40) - 1;
    private static final long HALF = 1L << 39;

    private PositionLocks() {}

    /** The last position that was drawn, also from a sequence that has not been used, or was reset. */
    static String lastDrawn(EventTable table) {
        return "SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END AS last FROM " + table.sequence();
    }

    static String key(EventTable table, String lowest) {
        return "((" + store(table) + " << 40) | ((" + lowest + ") & " + POSITION_MASK + "))";
    }

    /** Rows of {@code pg_locks l}. */
    static String isOfStore(EventTable table) {
        return "l.locktype = 'advisory' AND l.objsubid = 1 AND l.mode = 'ShareLock' AND l.classid::bigint >> 8 = "
                + store(table)
                + " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    }

    /** L, as the value that ends in the key's 40 bits and is nearest to M. */
    static String lowest(String last) {
        String bits = "((l.classid::bigint & 255) << 32 | l.objid::bigint)";
        return last + " + ((" + bits + " - " + last + " + " + HALF + ") & " + POSITION_MASK + ") - " + HALF;
    }

    private static String store(EventTable table) {
        return "(" + table.sequenceLiteral() + "::oid::bigint & " + STORE_MASK + ")";
    }
}
