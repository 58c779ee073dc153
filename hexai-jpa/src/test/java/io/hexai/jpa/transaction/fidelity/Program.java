package io.hexai.jpa.transaction.fidelity;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A program of operations and nested scopes, made from a seed. */
record Program(List<Step> steps) {

    private static final int MAX_DEPTH = 4;

    /** A step: an operation, or a nested scope. */
    sealed interface Step permits Run, Nested {}

    /** An operation on the entities that its number selects; the fresh number is for new identifiers and values. */
    record Run(Operation operation, int number, long fresh) implements Step {
        @Override
        public String toString() {
            return operation + "(" + number + ", " + fresh + ")";
        }
    }

    /** A nested scope that fails at its end if told so, or before if one of its steps does. */
    record Nested(int id, List<Step> steps, boolean fails, boolean flushesAfter) implements Step {
        @Override
        public String toString() {
            return (fails ? "failing" : "succeeding") + (flushesAfter ? "+flush" : "") + " scope " + id + " " + steps;
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
                    List<Step> changed = new ArrayList<>(steps);
                    changed.set(i, new Nested(nested.id(), inner, nested.fails(), nested.flushesAfter()));
                    variants.add(changed);
                }
            }
        }
        return variants;
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
                boolean scope = depth < MAX_DEPTH && random.nextInt(4) == 0;
                steps.add(scope ? nested(depth) : run(depth));
            }
            return steps;
        }

        private Nested nested(int depth) {
            return new Nested(++scopes, steps(depth + 1, 1, 7), random.nextInt(3) > 0, random.nextBoolean());
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
