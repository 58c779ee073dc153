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
import org.jspecify.annotations.Nullable;

/** A row, no more: only the repository looks at it. */
@Entity
@Table(name = "customer")
public class CustomerRow {

    @Id
    @Nullable
    String id;

    @Version
    int version;

    @Nullable
    String name;

    @Nullable
    String street;

    @Nullable
    String city;

    @OneToMany(mappedBy = "customer", cascade = CascadeType.ALL, orphanRemoval = true)
    @OrderBy("number")
    List<ContractRow> contracts = new ArrayList<>();
}
