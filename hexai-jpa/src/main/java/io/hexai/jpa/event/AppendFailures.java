package io.hexai.jpa.event;

import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Tells by SQLSTATE and the names of constraints why an append failed. */
final class AppendFailures {

    private static final String UNIQUE_VIOLATION = "23505";
    private static final String UNDEFINED_TABLE = "42P01";
    private static final String SEQUENCE_AT_ITS_END = "2200H";
    private static final String PRIMARY_KEY = "_pkey";
    private static final String STREAM_KEY = "_stream_key";
    private static final String MESSAGE_ID_KEY = "_message_id_key";

    private final EventTable table;
    private final PositionStrategy strategy;

    AppendFailures(EventTable table, PositionStrategy strategy) {
        this.table = table;
        this.strategy = strategy;
    }

    boolean isVersionConflict(SQLException failure) {
        return violates(failure, STREAM_KEY);
    }

    /** Returns the failure itself if there is nothing to add; the server's message may hold the event's data. */
    SQLException explained(SQLException failure, List<EncodedEvent> chunk) {
        if (UNDEFINED_TABLE.equals(failure.getSQLState())) {
            throw EventTableException.missing(
                    table.name(),
                    strategy == PositionStrategy.COUNTER
                            ? "or its counter " + table.counter() + " does not exist."
                            : "or its sequence " + table.sequence() + " does not exist.",
                    failure);
        }
        if (violates(failure, MESSAGE_ID_KEY)) {
            throw new DuplicateMessageException(table.name(), duplicate(failure, chunk), failure);
        }
        if (SEQUENCE_AT_ITS_END.equals(failure.getSQLState()) || violates(failure, PRIMARY_KEY)) {
            throw EventTableException.otherStrategy(table, strategy, failure);
        }
        return failure;
    }

    EventTableException nothingInserted() {
        return EventTableException.withoutCounter(table);
    }

    private static boolean violates(SQLException failure, String index) {
        ServerErrorMessage message = serverMessage(failure);
        return UNIQUE_VIOLATION.equals(failure.getSQLState())
                && message != null
                && message.getConstraint() != null
                && message.getConstraint().endsWith(index);
    }

    /** The detail quotes the id, in whatever language the rest of it is written. */
    private static String duplicate(SQLException failure, List<EncodedEvent> chunk) {
        ServerErrorMessage message = serverMessage(failure);
        String detail = message == null || message.getDetail() == null ? "" : message.getDetail();
        return chunk.stream()
                .map(event -> event.message().id())
                .filter(id -> chunk.size() == 1 || detail.contains(id))
                .findFirst()
                .orElse("?");
    }

    private static @Nullable ServerErrorMessage serverMessage(SQLException failure) {
        return failure instanceof PSQLException server ? server.getServerErrorMessage() : null;
    }
}
