package io.hexai.jpa.query;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** The results of several queries, by their names. Immutable. */
public final class QueryAnswers {

    private final Map<String, FetchedRows> answers;

    QueryAnswers(Map<String, FetchedRows> answers) {
        this.answers = answers;
    }

    /**
     * Returns the result of one query. Its rows have been fetched; entity classes are not among the types they can have.
     *
     * @param name the query's name
     * @return its result
     * @throws IllegalArgumentException if no query had this name
     */
    public QueryResult of(String name) {
        FetchedRows answer = answers.get(name);
        if (answer == null) {
            throw new IllegalArgumentException("None of the queries was named '" + name + "'; their names are "
                    + names() + "." + NearestName.hint(name, names()));
        }
        return answer;
    }

    /**
     * Returns the names.
     *
     * @return in the order of the queries
     */
    public Set<String> names() {
        return answers.keySet();
    }

    @Override
    public String toString() {
        return "QueryAnswers" + List.copyOf(names());
    }
}
