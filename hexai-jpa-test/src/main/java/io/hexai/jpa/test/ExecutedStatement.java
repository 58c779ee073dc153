package io.hexai.jpa.test;

/**
 * A statement as it was handed to the JDBC driver, without the values bound to it, and without what a unit of work sends along before
 * it. Immutable.
 *
 * @param sql the text; of a batch made of several texts, these joined by semicolons
 * @param batchSize how many times the statement was executed at once; 1 if it is no batch
 */
public record ExecutedStatement(String sql, int batchSize) {

    @Override
    public String toString() {
        return batchSize == 1 ? sql : sql + "  [batch of " + batchSize + "]";
    }
}
