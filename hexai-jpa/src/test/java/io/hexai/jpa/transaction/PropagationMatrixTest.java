package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.testing.TestPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Runs every chain of up to three scopes, each of them with every propagation and every ending, and compares rows, hooks,
 * resources and exceptions with the rules of propagation, which {@link Rules} writes down without any database.
 */
class PropagationMatrixTest extends AccountTests {

    enum Ending {
        RETURNS,
        FAILS_AND_IS_CAUGHT,
        FAILS
    }

    enum Style {
        CALL,
        RUN,
        BEGIN
    }

    record Level(Propagation propagation, Ending ending) {}

    /** The style of the outermost scope; the inner ones take the next. */
    record Chain(List<Level> levels, int firstStyle) {
        Style style(int depth) {
            return Style.values()[(firstStyle + depth) % Style.values().length];
        }
    }

    /** What can be seen from outside: in which order, what is committed, and what left the outermost scope. */
    record Seen(List<String> log, List<String> rows, String outcome) {}

    /** Pairs in every style; triples in one of them, in turn. */
    static List<Chain> chains() {
        List<Chain> chains = new ArrayList<>();
        List<List<Level>> longest = List.of(List.of());
        for (int length = 1; length <= 3; length++) {
            longest = longer(longest);
            for (List<Level> levels : longest) {
                for (int style = 0; style < (length < 3 ? Style.values().length : 1); style++) {
                    chains.add(new Chain(levels, length < 3 ? style : chains.size() % Style.values().length));
                }
            }
        }
        return chains;
    }

    private static List<List<Level>> longer(List<List<Level>> chains) {
        List<List<Level>> longer = new ArrayList<>();
        for (List<Level> chain : chains) {
            for (Propagation propagation : Propagation.values()) {
                for (Ending ending : Ending.values()) {
                    List<Level> levels = new ArrayList<>(chain);
                    levels.add(new Level(propagation, ending));
                    longer.add(levels);
                }
            }
        }
        return longer;
    }

    @ParameterizedTest
    @EnumSource
    void doesWhatTheRulesSay(TransactionMode mode) throws SQLException {
        UnitOfWork inMode = UnitOfWork.builder(database.factory())
                .defaultOptions(TransactionOptions.defaults().withMode(mode))
                .build();
        try (Connection connection = TestPostgres.connect(database.jdbcUrl());
                Statement statement = connection.createStatement()) {
            for (Chain chain : chains()) {
                Run run = new Run(inMode, chain);
                try (Registration observing = inMode.onEveryCommit(() -> run.log.add("observer"))) {
                    assertThat(observing).isNotNull();
                    String outcome = run.outcome();
                    Seen seen = new Seen(run.log, rowsTakenFrom(statement), outcome);
                    assertThat(seen).as("%s", chain).isEqualTo(new Rules(chain).seen());
                }
                assertThat(inMode.isActive()).as("%s", chain).isFalse();
                assertThat(database.borrowedConnections()).as("%s", chain).isZero();
            }
        }
    }

    private static List<String> rowsTakenFrom(Statement statement) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (ResultSet deleted = statement.executeQuery("DELETE FROM account RETURNING id")) {
            while (deleted.next()) {
                rows.add(deleted.getString(1));
            }
        }
        return List.copyOf(new TreeSet<>(rows));
    }

    private static String outcomeOf(@Nullable Throwable thrown) {
        if (thrown instanceof UnexpectedRollbackException) {
            return "unexpected rollback for "
                    + (thrown.getCause() instanceof Intended cause ? "failure of " + cause.depth : "a decision");
        }
        return thrown instanceof Intended intended ? "failure of " + intended.depth : String.valueOf(thrown);
    }

    private static final class Intended extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int depth;

        private Intended(int depth) {
            super(String.valueOf(depth));
            this.depth = depth;
        }
    }

    /** One chain, really run. */
    private static final class Run {
        private final UnitOfWork unitOfWork;
        private final Chain chain;
        private final List<ResourceKey<String>> keys = new ArrayList<>();
        private final List<String> log = new ArrayList<>();

        private Run(UnitOfWork unitOfWork, Chain chain) {
            this.unitOfWork = unitOfWork;
            this.chain = chain;
            chain.levels().forEach(level -> keys.add(ResourceKey.of("of a level")));
        }

        private String outcome() {
            try {
                scope(0);
            } catch (Intended | UnexpectedRollbackException e) {
                return outcomeOf(e);
            }
            return outcomeOf(null);
        }

        private void scope(int depth) {
            UnitOfWork view = unitOfWork.with(chain.levels().get(depth).propagation());
            switch (chain.style(depth)) {
                case RUN -> view.run(() -> work(depth));
                case CALL ->
                    assertThat(view.<Integer, RuntimeException>call(() -> {
                                work(depth);
                                return depth;
                            }))
                            .isEqualTo(depth);
                case BEGIN -> {
                    try (TransactionScope scope = view.begin()) {
                        try {
                            work(depth);
                        } catch (Intended | UnexpectedRollbackException e) {
                            scope.rollback();
                            throw e;
                        }
                        scope.commit();
                    }
                }
            }
        }

        private void work(int depth) {
            Transaction transaction = unitOfWork.current();
            transaction.entityManager().persist(new Account(depth + " before", depth));
            transaction.beforeCommit(() -> log("before commit", depth));
            transaction.afterCommit(() -> log("after commit", depth));
            transaction.afterRollback(() -> log("after rollback", depth));
            transaction.resource(keys.get(depth), () -> "of " + depth);
            if (depth + 1 < chain.levels().size()) {
                try {
                    scope(depth + 1);
                } catch (Intended | UnexpectedRollbackException e) {
                    if (chain.levels().get(depth + 1).ending() != Ending.FAILS_AND_IS_CAUGHT) {
                        throw e;
                    }
                    log.add("caught " + outcomeOf(e));
                }
                log.add("sees " + transaction.resource(keys.get(depth + 1), () -> "none"));
            }
            transaction.entityManager().persist(new Account(depth + " now after", depth));
            if (chain.levels().get(depth).ending() != Ending.RETURNS) {
                throw new Intended(depth);
            }
        }

        private void log(String hook, int depth) {
            log.add(hook + " " + depth + (unitOfWork.isActive() ? " inside" : " outside"));
        }
    }

    /** The same chain, on paper. */
    private static final class Rules {
        private final Chain chain;
        private final List<String> log = new ArrayList<>();
        private final TreeSet<String> committed = new TreeSet<>();

        private Rules(Chain chain) {
            this.chain = chain;
        }

        private Seen seen() {
            String outcome = outcomeOf(scope(0, null));
            return new Seen(log, List.copyOf(committed), outcome);
        }

        /** What can be rolled back by itself: a transaction, or a nested scope in the one around. */
        private static final class Owner {
            private final @Nullable Owner around;
            private final List<String> rows = new ArrayList<>();
            private final List<Integer> hooks = new ArrayList<>();
            private @Nullable Throwable doom;

            private Owner(@Nullable Owner around) {
                this.around = around;
            }
        }

        /** Returns what leaves the scope, or null. */
        private @Nullable Throwable scope(int depth, @Nullable Owner around) {
            return switch (chain.levels().get(depth).propagation()) {
                case EXISTING -> around == null ? owning(depth, new Owner(null)) : joined(depth, around);
                case NEW -> owning(depth, new Owner(null));
                case NESTED -> owning(depth, new Owner(around));
            };
        }

        private @Nullable Throwable joined(int depth, Owner owner) {
            Throwable failure = work(depth, owner);
            if (failure != null && owner.doom == null) {
                boolean toldWhy = chain.style(depth) != Style.BEGIN;
                owner.doom = toldWhy ? failure : new Throwable("rollback() was called");
            }
            return failure;
        }

        private @Nullable Throwable owning(int depth, Owner owner) {
            Throwable failure = work(depth, owner);
            if (failure == null && owner.doom != null) {
                failure = new UnexpectedRollbackException("a joined scope failed", owner.doom);
            }
            if (failure != null) {
                log("after rollback", owner.hooks, owner.around != null);
            } else if (owner.around != null) {
                owner.around.rows.addAll(owner.rows);
                owner.around.hooks.addAll(owner.hooks);
            } else {
                log("before commit", owner.hooks, true);
                committed.addAll(owner.rows);
                log("after commit", owner.hooks, false);
                log.add("observer");
            }
            return failure;
        }

        private void log(String hook, List<Integer> depths, boolean inside) {
            depths.forEach(depth -> log.add(hook + " " + depth + (inside ? " inside" : " outside")));
        }

        private @Nullable Throwable work(int depth, Owner owner) {
            owner.rows.add(depth + " before");
            owner.hooks.add(depth);
            if (depth + 1 < chain.levels().size()) {
                Throwable failure = scope(depth + 1, owner);
                if (failure != null) {
                    if (chain.levels().get(depth + 1).ending() != Ending.FAILS_AND_IS_CAUGHT) {
                        return failure;
                    }
                    log.add("caught " + outcomeOf(failure));
                }
                log.add("sees " + (owner.hooks.contains(depth + 1) ? "of " + (depth + 1) : "none"));
            }
            owner.rows.add(depth + " now after");
            return chain.levels().get(depth).ending() == Ending.RETURNS ? null : new Intended(depth);
        }
    }
}
