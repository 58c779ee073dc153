package io.hexai.jpa.test;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text as the driver gets it: what a unit of work sends along before a statement, such as the savepoint of a nested scope, and the
 * statement itself.
 *
 * @param prelude what comes before, complete with the semicolon; may be empty
 * @param statement the rest
 */
record SentText(String prelude, String statement) {

    private static final Pattern PRELUDE = Pattern.compile(
            "(?:(?:(?:RELEASE )?SAVEPOINT hexai_\\w+|SET TRANSACTION [A-Z ]+"
                    + "|SELECT set_config\\('(?:lock_timeout|transaction_read_only)'[^;]*|SELECT pg_current_xact_id_if_assigned\\(\\)[^;]*);\n)*+");

    static SentText of(String sql) {
        Matcher prelude = PRELUDE.matcher(sql);
        int end = prelude.lookingAt() ? prelude.end() : 0;
        return new SentText(sql.substring(0, end), sql.substring(end));
    }
}
