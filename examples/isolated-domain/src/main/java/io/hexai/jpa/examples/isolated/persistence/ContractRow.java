package io.hexai.jpa.examples.isolated.persistence;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import jakarta.persistence.Version;

/** A row of a contract, found by way of its customer. */
@Entity
@SuppressWarnings("NullAway.Init") // Hibernate and the repository fill it
@Table(name = "contract")
public class ContractRow {

    @Id
    String number;

    @Version
    int version;

    @ManyToOne(fetch = FetchType.LAZY)
    CustomerRow customer;

    long monthlyCents;

    /** For Hibernate. */
    protected ContractRow() {}

    ContractRow(CustomerRow customer) {
        this.customer = customer;
    }
}
