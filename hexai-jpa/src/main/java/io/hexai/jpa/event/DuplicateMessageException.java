package io.hexai.jpa.event;

import io.hexai.jpa.HexaiJpaException;
import org.jspecify.annotations.Nullable;

/**
 * Thrown if a message is stored whose id the store has already. The transaction, or the nested scope, can only roll back:
 * store in a {@code NESTED} scope what may have been stored before.
 */
public final class DuplicateMessageException extends HexaiJpaException {

    private static final long serialVersionUID = 1L;

    private final String table;
    private final String messageId;

    /**
     * Creates the exception, for other implementations of {@link EventStore}.
     *
     * @param table the table, or what else the store keeps its events in
     * @param messageId the id that is there already
     * @param cause the database's failure, if it was the database that found out
     */
    public DuplicateMessageException(String table, String messageId, @Nullable Throwable cause) {
        super(
                "A message with id " + messageId + " is stored in " + table
                        + " already. Give a new message an id of its own;"
                        + " where the same one may arrive twice, store it in a NESTED scope and go on without it.",
                cause);
        this.table = table;
        this.messageId = messageId;
    }

    /**
     * Returns the table of the store.
     *
     * @return its name as SQL writes it
     */
    public String table() {
        return table;
    }

    /**
     * Returns the id that is there already.
     *
     * @return the message's id
     */
    public String messageId() {
        return messageId;
    }
}
