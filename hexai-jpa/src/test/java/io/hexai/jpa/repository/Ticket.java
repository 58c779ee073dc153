package io.hexai.jpa.repository;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** An entity with something of everything. */
@Entity
class Ticket {

    @Id
    String id;

    @Version
    int version;

    String status = "open";

    @Column(nullable = false)
    Integer priority = 0;

    @Embedded
    Place place = new Place();

    @JdbcTypeCode(SqlTypes.JSON)
    Map<String, List<String>> details = new HashMap<>();

    @ElementCollection
    List<String> tags = new ArrayList<>();

    @OneToMany(mappedBy = "ticket", cascade = CascadeType.ALL, orphanRemoval = true)
    List<Remark> remarks = new ArrayList<>();

    @ManyToOne(fetch = FetchType.LAZY)
    Ticket parent;

    protected Ticket() {}

    Ticket(String id) {
        this.id = id;
    }

    Remark remark(String text) {
        Remark remark = new Remark(this, text);
        remarks.add(remark);
        return remark;
    }

    @Embeddable
    static class Place {
        String city = "Bern";
        String street;
    }
}
