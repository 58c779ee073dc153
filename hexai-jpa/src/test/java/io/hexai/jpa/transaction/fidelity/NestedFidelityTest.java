package io.hexai.jpa.transaction.fidelity;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.testing.EnhancingLoader;
import io.hexai.jpa.transaction.UnitOfWork;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A program with failing nested scopes that are caught cannot be told, in the database and in memory, from the same program
 * with each such scope replaced by a flush. Run with {@code -Dhexai.fidelity.programs=10000} for longer, and with
 * {@code -Dhexai.fidelity.seed=…} for one program again, or for so many from there.
 */
class NestedFidelityTest {

    private static final Long SEED = Long.getLong("hexai.fidelity.seed");
    private static final int PROGRAMS = Integer.getInteger("hexai.fidelity.programs", SEED == null ? 300 : 1);

    static Fixture fixture;
    static UnitOfWork unitOfWork;

    @BeforeAll
    static void start() {
        fixture = new Fixture();
        unitOfWork = UnitOfWork.of(fixture.database().factory());
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    @Test
    void aFailedNestedScopeIsNoMoreThanAFlush() {
        long first = SEED == null ? 1 : SEED;
        List<String> failures = run(first, PROGRAMS, "plain");

        assertThat(failures).isEmpty();
        assertThat(fixture.database().borrowedConnections()).isZero();
    }

    /** The same with entities whose bytecode Hibernate enhanced: they track their changes and load attributes lazily. */
    @Test
    void norIsItWithEnhancedEntities() throws Throwable {
        long first = SEED == null ? 1_000_001 : SEED;

        Object failures =
                EnhancingLoader.call(NestedFidelityTest.class, "runEnhanced", true, first, Math.max(PROGRAMS / 2, 1));

        assertThat((List<?>) failures).isEmpty();
    }

    /** Called by way of {@link EnhancingLoader}, on this class as that loader defines it. */
    static List<String> runEnhanced(long first, int programs) {
        start();
        try {
            return run(first, programs, "enhanced");
        } finally {
            stop();
        }
    }

    private static List<String> run(long first, int programs, String kind) {
        int failedScopes = 0;
        int rolledBack = 0;
        List<String> failures = new ArrayList<>();
        for (long seed = first; seed < first + programs && failures.size() < 20; seed++) {
            Program program = Program.random(seed);
            Comparison comparison = compare(program);
            failedScopes += comparison.failedScopes();
            rolledBack += comparison.rolledBack() ? 1 : 0;
            if (!comparison.differences().isEmpty()) {
                System.out.println("Nested fidelity: seed " + seed + " differs in " + comparison.differences());
                Program smallest = shrink(program);
                failures.add("seed " + seed + " differs in\n    "
                        + String.join("\n    ", comparison.differences()) + "\n  and reduced to:" + smallest
                        + "\n  differs in\n    "
                        + String.join("\n    ", compare(smallest).differences()));
            }
        }
        if (rolledBack > programs / 10) {
            failures.add(
                    rolledBack + " of " + programs + " programs rolled back as a whole, so that nothing was compared");
        }
        System.out.println("Nested fidelity, " + kind + " entities: " + programs + " programs from seed " + first + ", "
                + failedScopes + " failed scopes, " + rolledBack + " programs rolled back as a whole, "
                + failures.size()
                + " differ");
        return failures;
    }

    private record Comparison(List<String> differences, int failedScopes, boolean rolledBack) {}

    private static Comparison compare(Program program) {
        Execution.Result nested = Execution.ofNested(fixture, unitOfWork, program);
        Execution.Result flushed = Execution.ofFlushed(fixture, unitOfWork, program, nested.failed());
        List<String> differences = new ArrayList<>(nested.complaints());
        if (isRolledBack(nested) != isRolledBack(flushed)) {
            if (SEED != null && nested.trace() != null) {
                nested.trace().printStackTrace();
            }
            differences.add("outcome: " + nested.failure() + " instead of " + flushed.failure());
        } else if (!isRolledBack(nested)) {
            addDifferences(nested.memory(), flushed.memory(), differences);
            // What was loaded in a failed scope stays managed, and a flush may go about it in other ways, to the same
            // end.
            if (nested.managed() == flushed.managed()
                    && !nested.lastStatements().equals(flushed.lastStatements())) {
                differences.add("last flush: " + nested.lastStatements() + " instead of " + flushed.lastStatements());
            }
        }
        if (!nested.rows().equals(flushed.rows())) {
            List<String> more = new ArrayList<>(nested.rows());
            more.removeAll(flushed.rows());
            List<String> less = new ArrayList<>(flushed.rows());
            less.removeAll(nested.rows());
            differences.add("rows: " + more + " instead of " + less);
        }
        return new Comparison(differences, nested.failed().size(), isRolledBack(nested));
    }

    private static boolean isRolledBack(Execution.Result result) {
        return !result.failure().equals("none");
    }

    private static void addDifferences(Map<String, String> nested, Map<String, String> flushed, List<String> into) {
        Set<String> keys = new java.util.TreeSet<>(nested.keySet());
        keys.addAll(flushed.keySet());
        for (String key : keys) {
            String one = String.valueOf(nested.get(key));
            String other = String.valueOf(flushed.get(key));
            if (!one.equals(other) && !one.equals(Dump.LAZY) && !other.equals(Dump.LAZY)) {
                into.add(key + ": " + one + " instead of " + other);
            }
        }
    }

    private static Program shrink(Program program) {
        for (Program smaller : program.shrunk()) {
            if (!compare(smaller).differences().isEmpty()) {
                return shrink(smaller);
            }
        }
        return program;
    }
}
