package io.hexai.jpa.transaction;

import io.hexai.jpa.internal.TransactionIdSeeker;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Pattern;

/** Brings along the transaction's id with its first write that is no batch. */
final class TransactionIdCompanion implements AccompaniedStatement.Companion {

    private static final Pattern WRITE = Pattern.compile(
            PlainReads.COMMENTS + "(?:insert|update|delete|merge|with\\b.*\\b(?:insert|update|delete|merge))\\b.*",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private final TransactionIdSeeker seeker;
    private final JoinedTexts texts;

    TransactionIdCompanion(TransactionIdSeeker seeker, JoinedTexts texts) {
        this.seeker = seeker;
        this.texts = texts;
    }

    /** Text with a semicolon may be several statements, whose results are not to be mistaken for each other's. */
    static boolean mayGoWith(String sql) {
        return sql.indexOf(';') < 0
                && (FirstWord.isWrite(sql)
                        || !FirstWord.isSelect(sql) && WRITE.matcher(sql).matches());
    }

    @Override
    public boolean goesWith(AccompaniedStatement.Execution execution) {
        return execution != AccompaniedStatement.Execution.ANY && seeker.transactionIdExpression() != null;
    }

    @Override
    public String joinedTo(String sql) {
        return texts.withId(sql);
    }

    @Override
    public Object execute(PreparedStatement both, AccompaniedStatement.Execution execution) throws SQLException {
        both.execute();
        Object result =
                switch (execution) {
                    case UPDATE -> both.getUpdateCount();
                    case LARGE_UPDATE -> both.getLargeUpdateCount();
                    case QUERY, ANY -> both.getResultSet();
                };
        both.getMoreResults(Statement.KEEP_CURRENT_RESULT);
        try (ResultSet answer = both.getResultSet()) {
            seeker.transactionIdFrom(answer);
        }
        return result;
    }
}
