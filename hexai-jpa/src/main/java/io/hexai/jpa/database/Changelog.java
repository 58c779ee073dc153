package io.hexai.jpa.database;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.changelog.DatabaseChangeLog;
import org.jspecify.annotations.Nullable;

/**
 * A Liquibase changelog in any of its forms (XML, YAML, JSON, SQL, or made by a program), with the parameters, contexts and
 * labels that it runs with. Its changesets are recorded in DATABASECHANGELOG, where Liquibase's own tools find them. Immutable.
 */
public final class Changelog implements MigrationSource {

    private static final String BUILT_IN = "classpath:hexai-jpa/built-in.xml";
    private static final String EVENT_TABLE = "classpath:hexai-jpa/event-table.xml";

    private final String location;
    private final @Nullable Supplier<? extends DatabaseChangeLog> program;
    private final Map<String, String> parameters;
    private final String contexts;
    private final String labels;

    private Changelog(
            String location,
            @Nullable Supplier<? extends DatabaseChangeLog> program,
            Map<String, String> parameters,
            String contexts,
            String labels) {
        this.location = location;
        this.program = program;
        this.parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        this.contexts = contexts;
        this.labels = labels;
    }

    /**
     * Names a changelog, without parameters, contexts or labels: every changeset is meant, as on the command line.
     *
     * @param location {@code classpath:…} or a path, which is recorded relative to the working directory; read when something
     *     is done with it
     * @return the changelog
     */
    public static Changelog at(String location) {
        return new Changelog(location, null, Map.of(), "", "");
    }

    /**
     * Takes a changelog made by a program. Its changesets are known by the path that the program gives them.
     *
     * @param name what messages call it
     * @param program makes the changelog, anew each time that something is done with it, since Liquibase changes it
     * @return the changelog
     */
    public static Changelog of(String name, Supplier<? extends DatabaseChangeLog> program) {
        return new Changelog(name, program, Map.of(), "", "");
    }

    /**
     * The tables that the library itself uses.
     *
     * @return the changelog {@code hexai-jpa/built-in.xml}
     */
    public static Changelog builtIn() {
        return at(BUILT_IN);
    }

    /**
     * A further event table of the built-in shape, with a sequence and a counter of its own.
     *
     * @param table the table's name in its own case, without quotes around it: at most 46 bytes
     * @return the changelog {@code hexai-jpa/event-table.xml} with its parameter {@code hexai.eventTable}
     * @throws IllegalArgumentException if the name cannot be used
     */
    public static Changelog eventTable(String table) {
        return at(EVENT_TABLE).withParameter("hexai.eventTable", EventTableName.parameter(table));
    }

    /**
     * Returns the changelog with a value for <code>${name}</code> in it.
     *
     * @param name the parameter's name
     * @param value its value; a system property or environment variable that would replace it is an error
     * @return a copy
     */
    public Changelog withParameter(String name, String value) {
        Map<String, String> all = new LinkedHashMap<>(parameters);
        all.put(name, value);
        return new Changelog(location, program, all, contexts, labels);
    }

    /**
     * Returns the changelog without the changesets that are meant for other contexts only.
     *
     * @param contexts names separated by commas, such as {@code production}; an empty string for every changeset
     * @return a copy
     */
    public Changelog withContexts(String contexts) {
        return new Changelog(location, program, parameters, contexts, labels);
    }

    /**
     * Returns the changelog without the changesets whose labels do not fit.
     *
     * @param labels an expression of labels, such as {@code billing and !beta}; an empty string for every changeset
     * @return a copy
     */
    public Changelog withLabels(String labels) {
        return new Changelog(location, program, parameters, contexts, labels);
    }

    ChangelogFile file() {
        return program == null ? ChangelogFile.at(location) : ChangelogFile.of(location, program);
    }

    Map<String, String> parameters() {
        return parameters;
    }

    Contexts contexts() {
        return new Contexts(contexts);
    }

    LabelExpression labels() {
        return new LabelExpression(labels);
    }

    /** Returns the location, or the name. */
    @Override
    public String toString() {
        return location;
    }
}
