package io.hexai.jpa.internal;

import io.hexai.jpa.UnsupportedVersionException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hibernate.Version;
import org.hibernate.engine.jdbc.env.spi.JdbcEnvironment;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.jspecify.annotations.Nullable;

/**
 * The versions of PostgreSQL and Hibernate that every test of the library was run with. What lies outside is refused at the
 * start, but for servers that are newer: PostgreSQL keeps what it once offered, whereas the restoring of a persistence
 * context rests on the inside of Hibernate.
 */
public final class SupportedVersions {

    private static final int OLDEST_POSTGRES = 14;
    private static final int HIBERNATE_LINE = 7;
    private static final int OLDEST_HIBERNATE = 4;
    private static final Pattern LEADING_NUMBERS = Pattern.compile("(\\d+)(?:\\.(\\d+))?.*");

    private SupportedVersions() {}

    /**
     * Checks Hibernate, and the server as the factory found it; a factory that was made without asking the server passes.
     *
     * @param factory about to be used
     * @throws UnsupportedVersionException if one of both is outside
     */
    public static void require(SessionFactoryImplementor factory) {
        requireHibernate(Version.getVersionString());
        String postgres = factory.getServiceRegistry()
                .requireService(JdbcEnvironment.class)
                .getExtractedDatabaseMetaData()
                .getDatabaseProductVersion();
        if (postgres != null) {
            requirePostgres(postgres);
        }
    }

    /**
     * Checks the server behind a connection.
     *
     * @param connection about to be used
     * @throws UnsupportedVersionException if it is outside
     * @throws SQLException if the driver does not know
     */
    public static void requirePostgres(Connection connection) throws SQLException {
        requirePostgres(connection.getMetaData().getDatabaseProductVersion());
    }

    static void requirePostgres(String version) {
        MatchResult numbers = numbers(version);
        if (numbers != null && number(numbers, 1) < OLDEST_POSTGRES) {
            throw new UnsupportedVersionException(
                    "PostgreSQL",
                    version,
                    OLDEST_POSTGRES + " or newer",
                    "Upgrade the server; versions before " + OLDEST_POSTGRES
                            + " do not get corrections from the PostgreSQL project either.");
        }
    }

    static void requireHibernate(String version) {
        MatchResult numbers = numbers(version);
        if (numbers != null && (number(numbers, 1) != HIBERNATE_LINE || number(numbers, 2) < OLDEST_HIBERNATE)) {
            throw new UnsupportedVersionException(
                    "Hibernate ORM",
                    version,
                    HIBERNATE_LINE + "." + OLDEST_HIBERNATE + " or newer, but older than " + (HIBERNATE_LINE + 1),
                    "Look for what decides on the version (mvn dependency:tree -Dincludes=org.hibernate.orm), or take the"
                            + " release of hexai-jpa that was made for this one.");
        }
    }

    /** A version that nobody can read is not refused. */
    private static @Nullable MatchResult numbers(String version) {
        Matcher matcher = LEADING_NUMBERS.matcher(version);
        return matcher.matches() ? matcher : null;
    }

    private static int number(MatchResult numbers, int group) {
        String digits = numbers.group(group);
        return digits == null ? 0 : Integer.parseInt(digits);
    }
}
