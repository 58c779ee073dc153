package io.hexai.jpa.examples.isolated.persistence;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.util.ArrayList;
import java.util.List;

/** A row, no more: only the repository looks at it. */
@Entity
@SuppressWarnings("NullAway.Init") // Hibernate and the repository fill it
@Table(name = "customer")
public class CustomerRow {

    @Id
    String id;

    @Version
    int version;

    String name;

    String street;

    String city;

    @OneToMany(mappedBy = "customer", cascade = CascadeType.ALL, orphanRemoval = true)
    @OrderBy("number")
    List<ContractRow> contracts = new ArrayList<>();
}
