package io.hexai.jpa.transaction.fidelity;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A program of operations and nested scopes, made from a seed. */
record Program(List<Step> steps) {

    private static final int MAX_DEPTH = 4;

    /** A step: an operation, or a scope. */
    sealed interface Step permits Run, Nested, Joined {}

    /** An operation on the entities that its number selects; the fresh number is for new identifiers and values. */
    record Run(Operation operation, int number, long fresh) implements Step {
        @Override
        public String toString() {
            return operation + "(" + number + ", " + fresh + ")";
        }
    }

    /** A nested scope that fails at its end if told so, or before if one of its steps does; or is repeated once. */
    record Nested(int id, List<Step> steps, boolean fails, boolean repeated, boolean flushesAfter) implements Step {
        @Override
        public String toString() {
            return (fails ? "failing" : "succeeding") + (repeated ? "+repeated" : "") + (flushesAfter ? "+flush" : "")
                    + " scope " + id + " " + steps;
        }

        private Nested with(List<Step> others) {
            return new Nested(id, others, fails, repeated, flushesAfter);
        }
    }

    /** A scope that joins what is around it. */
    record Joined(List<Step> steps) implements Step {
        @Override
        public String toString() {
            return "joined " + steps;
        }
    }

    static Program random(long seed) {
        return new Program(new Generator(new Random(seed)).steps(0, 4, 12));
    }

    /** Every program that lacks one step of this one, or has one scope replaced by its steps, shortest first. */
    List<Program> shrunk() {
        List<Program> smaller = new ArrayList<>();
        for (List<Step> variant : shrunk(steps)) {
            smaller.add(new Program(variant));
        }
        return smaller;
    }

    private static List<List<Step>> shrunk(List<Step> steps) {
        List<List<Step>> variants = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            List<Step> without = new ArrayList<>(steps);
            without.remove(i);
            variants.add(without);
        }
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i) instanceof Nested nested) {
                for (List<Step> inner : shrunk(nested.steps())) {
                    variants.add(replaced(steps, i, nested.with(inner)));
                }
            } else if (steps.get(i) instanceof Joined joined) {
                variants.add(replaced(steps, i, joined.steps().toArray(Step[]::new)));
                for (List<Step> inner : shrunk(joined.steps())) {
                    variants.add(replaced(steps, i, new Joined(inner)));
                }
            }
        }
        return variants;
    }

    private static List<Step> replaced(List<Step> steps, int index, Step... replacement) {
        List<Step> changed = new ArrayList<>(steps);
        changed.remove(index);
        changed.addAll(index, List.of(replacement));
        return changed;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        steps.forEach(step -> text.append("\n    ").append(step));
        return text.toString();
    }

    private static final class Generator {
        private static final Operation[] OPERATIONS = Operation.values();

        private final Random random;
        private int scopes;
        private long fresh = 100;

        private Generator(Random random) {
            this.random = random;
        }

        private List<Step> steps(int depth, int least, int most) {
            int count = least + random.nextInt(most - least);
            List<Step> steps = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                int kind = random.nextInt(20);
                if (depth < MAX_DEPTH && kind < 5) {
                    steps.add(nested(depth));
                } else if (kind == 5) {
                    steps.add(joined(depth));
                } else {
                    steps.add(run(depth));
                }
            }
            return steps;
        }

        private Nested nested(int depth) {
            return new Nested(
                    ++scopes,
                    steps(depth + 1, 1, 7),
                    random.nextInt(3) > 0,
                    random.nextInt(6) == 0,
                    random.nextBoolean());
        }

        private Joined joined(int depth) {
            int count = 1 + random.nextInt(3);
            List<Step> steps = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                steps.add(run(depth));
            }
            return new Joined(steps);
        }

        /** Failures of the database belong into scopes: outside, they end the program and nothing is compared. */
        private Run run(int depth) {
            Operation operation;
            do {
                operation = OPERATIONS[random.nextInt(OPERATIONS.length)];
            } while (depth == 0 && operation.provokesFailure());
            return new Run(operation, random.nextInt(12), ++fresh);
        }
    }
}
