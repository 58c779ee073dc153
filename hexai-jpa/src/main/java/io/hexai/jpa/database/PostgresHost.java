package io.hexai.jpa.database;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One server that a {@link PostgresConfig} may connect to. Immutable.
 *
 * @param name a host name, an IPv4 address, or an IPv6 address (kept without its brackets)
 * @param port between 1 and 65535
 */
public record PostgresHost(String name, int port) {

    /** The port of a host that names none: 5432. */
    public static final int DEFAULT_PORT = 5432;

    private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}\\s/?#@,:%&=\\[\\]\\\\\"]+");
    private static final Pattern ZONE = Pattern.compile("%[\\w.-]+$");

    /**
     * Creates the value.
     *
     * @param name a host name or an address, IPv6 with or without brackets
     * @param port between 1 and 65535
     * @throws InvalidConfigException if the name is no host name or address, or the port is out of range
     */
    public PostgresHost {
        name = withoutBrackets(name);
        Faults faults = new Faults();
        String problem = problemWithName(name);
        if (problem != null) {
            faults.add("host", problem);
        }
        if (!isPort(port)) {
            faults.add("port", portProblem(Integer.toString(port)));
        }
        faults.throwIfAny();
    }

    static String withoutBrackets(String name) {
        return name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
    }

    static boolean isPort(int port) {
        return port >= 1 && port <= 65_535;
    }

    static String portProblem(String port) {
        return "must be a number between 1 and 65535, not " + Faults.shown(port);
    }

    static @Nullable String problemWithName(String name) {
        if (name.isBlank()) {
            return "must not be blank";
        }
        if (name.startsWith("/")) {
            return "is a path; the driver reaches a Unix socket only through the parameter socketFactory";
        }
        if (name.indexOf(':') >= 0 ? !isIpv6(name) : !NAME.matcher(name).matches()) {
            return "is neither a host name nor an address: " + Faults.shown(name);
        }
        return null;
    }

    private static boolean isIpv6(String name) {
        String address = ZONE.matcher(name).replaceFirst("");
        try {
            // In brackets, what is no address is refused at once instead of being looked up as a name.
            return address.indexOf('%') < 0 && InetAddress.getByName("[" + address + "]") != null;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Returns {@code name:port}, an IPv6 address in brackets, as a JDBC URL has it. */
    @Override
    public String toString() {
        return (name.indexOf(':') >= 0 ? "[" + name + "]" : name) + ":" + port;
    }
}
