package io.hexai.jpa.event;

import io.hexai.jpa.internal.TransactionIdSeeker;
import org.jspecify.annotations.Nullable;

/**
 * The text of an append, alone and with what tells the transaction's id. The two are put together once, since the text is long
 * and the driver's cache of statements hashes each new one. Thread-safe.
 */
final class AppendText {

    private final String alone;
    private final String joint;

    private volatile @Nullable Joined joined;

    private AppendText(String alone, String joint) {
        this.alone = alone;
        this.joint = joint;
    }

    /** The append itself returns the id too, with each of its rows. */
    static AppendText returningId(String sql) {
        return new AppendText(sql, ", ");
    }

    /** A query for the id follows. */
    static AppendText followedById(String sql) {
        return new AppendText(sql, "; SELECT ");
    }

    /** Returns the text for a connection. */
    String with(@Nullable TransactionIdSeeker seeker) {
        String id = seeker == null ? null : seeker.transactionIdExpression();
        return id == null ? alone : joinedTo(id);
    }

    private String joinedTo(String id) {
        Joined known = joined;
        if (known == null || !known.id.equals(id)) {
            known = new Joined(id, alone + joint + id);
            joined = known;
        }
        return known.text;
    }

    private record Joined(String id, String text) {}
}
