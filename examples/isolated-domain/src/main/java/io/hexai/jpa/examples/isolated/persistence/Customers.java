package io.hexai.jpa.examples.isolated.persistence;

import io.hexai.jpa.examples.isolated.domain.Address;
import io.hexai.jpa.examples.isolated.domain.Contract;
import io.hexai.jpa.examples.isolated.domain.Customer;
import io.hexai.jpa.repository.MappedRepository;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.LockModeType;
import java.util.List;
import java.util.Optional;

/** All customers, as if they were in memory. */
// region repository
public final class Customers extends MappedRepository<Customer, CustomerRow, String> {

    public Customers(UnitOfWork unitOfWork) {
        super(unitOfWork, CustomerRow.class);
    }

    @Override
    protected Customer toDomain(CustomerRow row) {
        return Customer.of(new Customer.State(
                row.id,
                row.name,
                new Address(row.street, row.city),
                row.contracts.stream()
                        .map(contract -> new Contract.State(contract.number, contract.monthlyCents))
                        .toList()));
    }

    @Override
    protected void copyTo(Customer customer, CustomerRow row) {
        Customer.State state = customer.state();
        row.id = state.id();
        row.name = state.name();
        row.street = state.address().street();
        row.city = state.address().city();
        mergeChildren(
                state.contracts(),
                Contract.State::number,
                row.contracts,
                contract -> contract.number,
                () -> new ContractRow(row),
                (contract, contractRow) -> {
                    contractRow.number = contract.number();
                    contractRow.monthlyCents = contract.monthlyCents();
                });
    }

    @Override
    protected CustomerRow newEntity() {
        return new CustomerRow();
    }

    @Override
    protected String identity(Customer customer) {
        return customer.id();
    }
    // endregion

    // region finders
    public List<Customer> inCity(String city) {
        return trackAll(entityManager()
                .createQuery("from CustomerRow where city = :city order by name", CustomerRow.class)
                .setParameter("city", city)
                .getResultList());
    }

    public Optional<Customer> findForUpdate(String id) {
        return Optional.ofNullable(entityManager().find(CustomerRow.class, id, LockModeType.PESSIMISTIC_WRITE))
                .map(this::track);
    }
    // endregion
}
