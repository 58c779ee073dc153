package io.hexai.jpa.examples.isolated.persistence;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import org.jspecify.annotations.Nullable;

/** A row of a contract, found by way of its customer. */
@Entity
@Table(name = "contract")
public class ContractRow {

    @Id
    @Nullable
    String number;

    @Version
    int version;

    @ManyToOne(fetch = FetchType.LAZY)
    @Nullable
    CustomerRow customer;

    long monthlyCents;

    /** For Hibernate. */
    protected ContractRow() {}

    ContractRow(CustomerRow customer) {
        this.customer = customer;
    }
}
