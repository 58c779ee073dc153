package io.hexai.jpa.examples.isolated.domain;

import java.util.ArrayList;
import java.util.List;

/**
 * The root of its contracts. Nobody sets its fields: it changes by what happens to it, and keeps its rules whoever asks. What
 * it remembers leaves and enters it as a {@link State}, a plain value.
 */
public final class Customer {

    private static final long CREDIT_CENTS = 100_000;

    private final String id;
    private String name;
    private Address address;
    private final List<Contract> contracts = new ArrayList<>();

    private Customer(State state) {
        this.id = state.id;
        this.name = state.name;
        this.address = state.address;
        state.contracts.forEach(contract -> contracts.add(Contract.of(contract)));
    }

    /** A new customer. */
    public static Customer register(String id, String name, Address address) {
        return new Customer(new State(id, requireName(name), address, List.of()));
    }

    /** A customer from before. */
    public static Customer of(State state) {
        return new Customer(state);
    }

    public void rename(String newName) {
        name = requireName(newName);
    }

    public void moveTo(Address newAddress) {
        address = newAddress;
    }

    /** Signs a contract, or agrees on another price for it. */
    public void sign(String number, long monthlyCents) {
        Contract contract = contracts.stream()
                .filter(known -> known.number().equals(number))
                .findFirst()
                .orElseGet(() -> {
                    Contract signed = Contract.of(new Contract.State(number, monthlyCents));
                    contracts.add(signed);
                    return signed;
                });
        contract.agreeOn(monthlyCents);
        if (contracts.stream().mapToLong(Contract::monthlyCents).sum() > CREDIT_CENTS) {
            throw new CreditExceededException(id);
        }
    }

    public void cancel(String number) {
        contracts.removeIf(contract -> contract.number().equals(number));
    }

    public String id() {
        return id;
    }

    public String name() {
        return name;
    }

    /** What it remembers: a copy. */
    public State state() {
        return new State(
                id, name, address, contracts.stream().map(Contract::state).toList());
    }

    private static String requireName(String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("A customer has a name.");
        }
        return name;
    }

    /** What a customer remembers. */
    public record State(String id, String name, Address address, List<Contract.State> contracts) {}
}
