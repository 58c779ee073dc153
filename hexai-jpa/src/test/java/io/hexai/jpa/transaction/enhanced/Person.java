package io.hexai.jpa.transaction.enhanced;

import jakarta.persistence.Basic;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Version;
import org.hibernate.annotations.BatchSize;

@Entity(name = "Person")
@BatchSize(size = 10)
class Person {

    @Id
    long id;

    @Version
    int version;

    String name;

    int age;

    @Basic(fetch = FetchType.LAZY)
    String biography;

    @ManyToOne(fetch = FetchType.LAZY)
    Person superior;
}
