package io.hexai.jpa.examples.isolated.domain;

/** Part of a customer, through which alone it changes. */
public final class Contract {

    private final String number;
    private long monthlyCents;

    private Contract(State state) {
        this.number = state.number;
        this.monthlyCents = state.monthlyCents;
    }

    static Contract of(State state) {
        return new Contract(state);
    }

    void agreeOn(long newMonthlyCents) {
        if (newMonthlyCents <= 0) {
            throw new IllegalArgumentException("A contract costs something.");
        }
        monthlyCents = newMonthlyCents;
    }

    String number() {
        return number;
    }

    long monthlyCents() {
        return monthlyCents;
    }

    State state() {
        return new State(number, monthlyCents);
    }

    /** What a contract remembers. */
    public record State(String number, long monthlyCents) {}
}
