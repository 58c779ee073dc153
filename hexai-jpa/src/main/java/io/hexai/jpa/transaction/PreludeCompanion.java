package io.hexai.jpa.transaction;

import io.hexai.jpa.internal.TransactionIdSeeker;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** Brings along, before a statement, what the server has to be told first. */
final class PreludeCompanion implements AccompaniedStatement.Companion {

    private final Place place;
    private List<String> sent = List.of();

    PreludeCompanion(Place place) {
        this.place = place;
    }

    /** The transaction in which a statement is about to be executed. */
    interface Place extends TransactionIdSeeker {

        /** What is to be told now. */
        Prelude prelude();

        /** The text of both, statements and what follows them. */
        String joinedText(List<String> statements, String sql);

        /** Tells it by itself, if there is anything to be told. */
        void catchUp() throws SQLException;

        /** It was sent along with a statement, and something failed. */
        void failed(Throwable failure);
    }

    /** Text of several statements, whose results are not to be mistaken for each other's, goes alone, and so does what is rare. */
    static boolean mayGoWith(String sql) {
        return sql.indexOf(';') < 0 && (FirstWord.isSelect(sql) || FirstWord.isWrite(sql));
    }

    /** A joined text is good for the first execution only: what the next one has to tell is something else. */
    @Override
    public boolean goesWith(AccompaniedStatement.Execution execution) {
        return sent.isEmpty() && !place.prelude().isEmpty();
    }

    /** The driver would leave the first of several results, too, in a cursor. */
    @Override
    public boolean goesWithCursor() {
        return false;
    }

    @Override
    public String joinedTo(String sql) {
        sent = place.prelude().statements(place.transactionIdExpression() != null);
        return place.joinedText(sent, sql);
    }

    @Override
    public void beforeAlone() throws SQLException {
        place.catchUp();
    }

    @Override
    public Object execute(PreparedStatement both, AccompaniedStatement.Execution execution) throws SQLException {
        try {
            both.execute();
        } catch (SQLException | RuntimeException | Error e) {
            place.failed(e);
            throw e;
        }
        place.prelude().done();
        return result(both, execution, Prelude.goPast(sent, both, place));
    }

    private static Object result(PreparedStatement both, AccompaniedStatement.Execution execution, boolean isResultSet)
            throws SQLException {
        return switch (execution) {
            case ANY -> isResultSet;
            case QUERY -> {
                if (!isResultSet) {
                    throw new SQLException("No results were returned by the query.", "02000");
                }
                yield both.getResultSet();
            }
            case UPDATE, LARGE_UPDATE -> {
                if (isResultSet) {
                    throw new SQLException("A result was returned when none was expected.", "0100E");
                }
                yield execution == AccompaniedStatement.Execution.UPDATE
                        ? (Object) both.getUpdateCount()
                        : both.getLargeUpdateCount();
            }
        };
    }
}
