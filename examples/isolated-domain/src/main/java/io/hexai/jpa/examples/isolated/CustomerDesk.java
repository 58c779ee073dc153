package io.hexai.jpa.examples.isolated;

import io.hexai.jpa.examples.isolated.domain.Address;
import io.hexai.jpa.examples.isolated.domain.CreditExceededException;
import io.hexai.jpa.examples.isolated.domain.Customer;
import io.hexai.jpa.examples.isolated.persistence.Customers;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.RetryPolicy;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityNotFoundException;
import java.util.List;

/** What can be done with customers: each method is one unit of work, and none of them saves anything. */
final class CustomerDesk {

    private final UnitOfWork unitOfWork;
    private final Customers customers;

    CustomerDesk(UnitOfWork unitOfWork) {
        this.unitOfWork = unitOfWork;
        this.customers = new Customers(unitOfWork);
    }

    void register(String id, String name, Address address) {
        unitOfWork.run(() -> customers.add(Customer.register(id, name, address)));
    }

    // region rename
    Customer.State rename(String id, String name) {
        return unitOfWork.call(() -> {
            Customer customer = customers.get(id);
            customer.rename(name);
            return customer.state();
        });
    }
    // endregion

    /** Holds no transaction while it thinks; if somebody else was faster, it thinks again. */
    // region optimistic
    int renameByThought(String id, Thought thought) {
        UnitOfWork optimistic = unitOfWork.with(TransactionOptions.optimistic().withRetry(RetryPolicy.attempts(4)));
        return optimistic.call(() -> {
            Customer customer = customers.get(id);
            customer.rename(thought.about(customer.name()));
            return unitOfWork.current().attempt();
        });
    }
    // endregion

    /** One transaction around it all, with a lock: whoever comes second waits. */
    // region spanning
    void appendToName(String id, String suffix) {
        unitOfWork.run(() -> {
            Customer customer = customers.findForUpdate(id).orElseThrow(() -> new EntityNotFoundException(id));
            customer.rename(customer.name() + suffix);
        });
    }
    // endregion

    /** Signs what the credit allows. A refusal is taken back, in the database and in the customer. */
    // region nested
    int signAll(String id, List<String> numbers, long monthlyCents) {
        return unitOfWork.call(() -> {
            Customer customer = customers.get(id);
            int signed = 0;
            for (String number : numbers) {
                try {
                    unitOfWork.with(Propagation.NESTED).run(() -> customer.sign(number, monthlyCents));
                    signed++;
                } catch (CreditExceededException e) {
                    // the customer is without this contract again
                }
            }
            return signed;
        });
    }
    // endregion

    void cancel(String id, String number) {
        unitOfWork.run(() -> customers.get(id).cancel(number));
    }

    void forget(String id) {
        unitOfWork.run(() -> customers.find(id).ifPresent(customers::remove));
    }

    List<Customer.State> inCity(String city) {
        return unitOfWork
                .with(options -> options.withReadOnly(true))
                .call(() -> customers.inCity(city).stream().map(Customer::state).toList());
    }

    /** Something that takes its time, outside of any transaction. */
    interface Thought {
        String about(String name);
    }
}
