package io.hexai.jpa.database;

import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a configuration from a URL. The authority ends at the first slash, and its user and password at the last at sign
 * before that. No part of the authority is ever repeated in a fault, since any of it may turn out to be the password.
 */
final class PostgresUrlReader {

    private static final String JDBC = "jdbc:postgresql://";
    private static final List<String> SCHEMES = List.of(JDBC, "postgresql://", "postgres://");
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\s\\p{Cntrl}]");
    private static final String SHAPE = "; expected postgres://user:password@host:port/database?parameter=value";

    private final String url;
    private final String label;
    private final Faults faults = new Faults();
    private final PostgresConfigBuilder builder = new PostgresConfigBuilder();
    private boolean hasUser;
    private boolean hasPassword;
    private boolean isJdbc;

    private PostgresUrlReader(String url, String label) {
        this.url = url;
        this.label = label;
    }

    /** Returns the configuration, or null after adding what is wrong under the label. */
    static @Nullable PostgresConfig read(String url, String label, Faults faults) {
        return new PostgresUrlReader(url, label).read(faults);
    }

    private @Nullable PostgresConfig read(Faults allFaults) {
        PostgresConfig config = read();
        if (!faults.isEmpty() && queryOf(url).indexOf('@') >= 0) {
            // What looks like the query may be the rest of a password that is not encoded.
            allFaults.add(
                    label, "is no PostgreSQL URL: in user and password, @ / ? and % must be percent-encoded" + SHAPE);
        } else {
            allFaults.addAll(faults);
        }
        return config;
    }

    private @Nullable PostgresConfig read() {
        String scheme = SCHEMES.stream().filter(url::startsWith).findFirst().orElse("");
        if (scheme.isEmpty()) {
            return invalid("it starts with none of postgres://, postgresql:// and jdbc:postgresql://");
        }
        if (UNPRINTABLE.matcher(url).find()) {
            return invalid("it holds white space or a control character, which must be percent-encoded");
        }
        isJdbc = scheme.equals(JDBC);
        String rest = url.substring(scheme.length());
        int slash = rest.indexOf('/');
        String path = slash < 0 ? "" : rest.substring(slash + 1);
        int mark = path.indexOf('?');
        String database = mark < 0 ? path : path.substring(0, mark);
        if (database.isEmpty()) {
            return invalid("it names no database");
        }
        if (database.indexOf('/') >= 0 || database.indexOf('@') >= 0) {
            return invalid("a / or @ in user, password or database must be percent-encoded");
        }
        readAuthority(rest.substring(0, slash));
        builder.database(decodeFormPart(database));
        readQuery(queryOf(path));
        return faults.isEmpty() ? builder.build(faults, this::nameOf) : null;
    }

    private static String queryOf(String text) {
        int mark = text.indexOf('?');
        return mark < 0 ? "" : text.substring(mark + 1);
    }

    private String nameOf(String field) {
        return label + " (" + field + ")";
    }

    private @Nullable PostgresConfig invalid(String problem) {
        faults.add(label, "is no PostgreSQL URL: " + problem + SHAPE);
        return null;
    }

    private void readAuthority(String authority) {
        int at = authority.lastIndexOf('@');
        if (at >= 0) {
            readUserInfo(authority.substring(0, at));
        }
        String hosts = authority.substring(at + 1);
        if (hosts.isEmpty()) {
            return;
        }
        List<PostgresHost> read = new ArrayList<>();
        String[] parts = hosts.split(",", -1);
        for (int i = 0; i < parts.length; i++) {
            PostgresHost host = readHost(parts[i], parts.length == 1 ? "its host" : "its host " + (i + 1));
            if (host != null) {
                read.add(host);
            }
        }
        builder.hosts(read);
    }

    private void readUserInfo(String userInfo) {
        int colon = userInfo.indexOf(':');
        hasUser = true;
        builder.user(decode(colon < 0 ? userInfo : userInfo.substring(0, colon)));
        if (colon >= 0) {
            hasPassword = true;
            builder.password(decode(userInfo.substring(colon + 1)));
        }
    }

    private @Nullable PostgresHost readHost(String text, String which) {
        int colon = text.lastIndexOf(':');
        boolean hasPort = colon > text.lastIndexOf(']');
        String encodedName = hasPort ? text.substring(0, colon) : text;
        String name = PostgresHost.withoutBrackets(isJdbc ? encodedName : decode(encodedName));
        Integer port = hasPort ? number(text.substring(colon + 1)) : Integer.valueOf(PostgresHost.DEFAULT_PORT);
        if (name.isEmpty() && hasPort) {
            name = "localhost";
        }
        boolean isUnbracketedIpv6 = name.indexOf(':') >= 0 && !encodedName.startsWith("[");
        if (isUnbracketedIpv6 || PostgresHost.problemWithName(name) != null) {
            invalid(which + " is neither a host name nor an address (an IPv6 address stands in brackets)");
            return null;
        }
        if (port == null || !PostgresHost.isPort(port)) {
            invalid("the port of " + which + " is no number between 1 and 65535");
            return null;
        }
        return new PostgresHost(name, port);
    }

    private void readQuery(String query) {
        Set<String> seen = new HashSet<>();
        for (String part : query.split("&", -1)) {
            if (part.isEmpty()) {
                continue;
            }
            int equals = part.indexOf('=');
            String name = decodeFormPart(equals < 0 ? part : part.substring(0, equals));
            String value = equals < 0 ? "" : decodeFormPart(part.substring(equals + 1));
            if (seen.add(name)) {
                readParameter(name, value);
            } else {
                faults.add(nameOf(Faults.isHarmless(name) ? name : "parameters"), "is given twice");
            }
        }
    }

    private void readParameter(String name, String value) {
        switch (name) {
            case "user" -> {
                refuseIf(hasUser, name);
                builder.user(value);
            }
            case "password" -> {
                refuseIf(hasPassword, name);
                builder.password(value);
            }
            case PostgresConfig.POOL_SIZE -> {
                Integer size = numberOf(name, value);
                if (size != null) {
                    builder.poolSize(size);
                }
            }
            case PostgresConfig.CONNECTION_TIMEOUT -> {
                Integer millis = numberOf(name, value);
                if (millis != null) {
                    builder.connectionTimeout(Duration.ofMillis(millis));
                }
            }
            case PostgresConfig.IDLE_TIMEOUT -> {
                Integer millis = numberOf(name, value);
                if (millis != null) {
                    builder.idleTimeout(Duration.ofMillis(millis));
                }
            }
            default -> builder.parameter(name, value);
        }
    }

    private void refuseIf(boolean alreadyGiven, String name) {
        if (alreadyGiven) {
            faults.add(nameOf(name), "is given twice: before the host and as a parameter");
        }
    }

    private @Nullable Integer numberOf(String name, String value) {
        Integer number = number(value);
        if (number == null) {
            faults.add(nameOf(name), "must be a whole number, not " + Faults.shown(value));
        }
        return number;
    }

    private static @Nullable Integer number(String text) {
        return PostgresConfig.number(text);
    }

    /** The JDBC driver reads database and parameters as a form, where a plus sign is a space; libpq does not. */
    private String decodeFormPart(String text) {
        return decode(isJdbc ? text.replace('+', ' ') : text);
    }

    private String decode(String text) {
        try {
            return Percent.decode(text);
        } catch (CharacterCodingException e) {
            invalid("a % is not followed by two hexadecimal digits, or what they encode is no UTF-8; % itself is %25");
            return text;
        }
    }
}
