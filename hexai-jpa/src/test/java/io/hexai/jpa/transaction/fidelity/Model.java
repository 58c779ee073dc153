package io.hexai.jpa.transaction.fidelity;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.DiscriminatorValue;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.hibernate.annotations.Generated;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.NaturalId;
import org.hibernate.generator.EventType;
import org.hibernate.type.SqlTypes;

/** One of each kind of mapping that a nested rollback has to restore. */
final class Model {

    static final Class<?>[] ENTITIES = {
        Customer.class,
        Purchase.class,
        Item.class,
        Club.class,
        Payment.class,
        CardPayment.class,
        TransferPayment.class,
        Product.class,
        Book.class,
        Device.class,
        Remark.class,
        Reply.class,
        Audit.class
    };

    private Model() {}

    @Embeddable
    static class Address {
        String street;
        String city;

        protected Address() {}

        Address(String street, String city) {
            this.street = street;
            this.city = city;
        }

        @Override
        public String toString() {
            return street + "/" + city;
        }
    }

    @Embeddable
    static class Phone {
        String kind;
        String number;

        protected Phone() {}

        Phone(String kind, String number) {
            this.kind = kind;
            this.number = number;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Phone that
                    && Objects.equals(kind, that.kind)
                    && Objects.equals(number, that.number);
        }

        @Override
        public int hashCode() {
            return Objects.hash(kind, number);
        }

        @Override
        public String toString() {
            return kind + ":" + number;
        }
    }

    @Entity(name = "Customer")
    @Table(name = "customer")
    static class Customer {
        @Id
        long id;

        @Version
        int version;

        @NaturalId(mutable = true)
        String code;

        String name;

        @Column(updatable = false)
        String origin;

        @Generated(event = {EventType.INSERT, EventType.UPDATE})
        @Column(
                insertable = false,
                updatable = false,
                columnDefinition = "text generated always as (upper(name)) stored")
        String upperName;

        @Embedded
        Address address;

        @ElementCollection
        Set<String> tags = new HashSet<>();

        @ElementCollection
        @OrderColumn
        List<String> notes = new ArrayList<>();

        @ElementCollection
        Map<String, Integer> scores = new HashMap<>();

        @ElementCollection
        @OrderBy("number")
        Set<Phone> phones = new HashSet<>();

        @JdbcTypeCode(SqlTypes.JSON)
        Map<String, Integer> settings = new HashMap<>();

        @OneToMany(mappedBy = "customer", cascade = CascadeType.ALL, orphanRemoval = true)
        @OrderBy("id")
        List<Purchase> purchases = new ArrayList<>();

        @ManyToMany
        Set<Club> clubs = new HashSet<>();

        @ManyToOne(fetch = FetchType.LAZY)
        Customer referrer;

        @ManyToOne(fetch = FetchType.LAZY, cascade = CascadeType.PERSIST)
        Product favourite;

        protected Customer() {}

        Customer(long id) {
            this.id = id;
            this.code = "code-" + id;
            this.name = "name-" + id;
            this.origin = "origin-" + id;
        }
    }

    @Entity(name = "Purchase")
    @Table(name = "purchase")
    static class Purchase {
        @Id
        long id;

        @Version
        int version;

        String label;

        @ManyToOne(fetch = FetchType.LAZY)
        Customer customer;

        @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
        @JoinColumn(name = "purchase_id")
        @OrderBy("id")
        List<Item> items = new ArrayList<>();

        @ManyToOne(cascade = CascadeType.ALL)
        Payment payment;

        protected Purchase() {}

        Purchase(long id, Customer customer) {
            this.id = id;
            this.customer = customer;
            this.label = "purchase-" + id;
        }
    }

    @Entity(name = "Item")
    @Table(name = "item")
    static class Item {
        @Id
        long id;

        String sku;
        int quantity;

        protected Item() {}

        Item(long id) {
            this.id = id;
            this.sku = "sku-" + id;
        }
    }

    @Entity(name = "Club")
    @Table(name = "club")
    static class Club {
        @Id
        long id;

        @Version
        Long version;

        @Column(unique = true)
        String name;

        @ManyToMany(mappedBy = "clubs")
        Set<Customer> members = new HashSet<>();

        protected Club() {}

        Club(long id) {
            this.id = id;
            this.name = "club-" + id;
        }
    }

    @Entity(name = "Payment")
    @Table(name = "payment")
    @Inheritance(strategy = InheritanceType.SINGLE_TABLE)
    abstract static class Payment {
        @Id
        long id;

        @Version
        int version;

        long amount;
    }

    @Entity(name = "CardPayment")
    @DiscriminatorValue("card")
    static class CardPayment extends Payment {
        String card;
    }

    @Entity(name = "TransferPayment")
    @DiscriminatorValue("transfer")
    static class TransferPayment extends Payment {
        String iban;
    }

    @Entity(name = "Product")
    @Table(name = "product")
    @Inheritance(strategy = InheritanceType.JOINED)
    abstract static class Product {
        @Id
        long id;

        @Version
        int version;

        String title;
    }

    @Entity(name = "Book")
    @Table(name = "book")
    static class Book extends Product {
        int pages;
    }

    @Entity(name = "Device")
    @Table(name = "device")
    static class Device extends Product {
        int watts;
    }

    /** Identified by a sequence, and its replies by the database itself when they are inserted. */
    @Entity(name = "Remark")
    @Table(name = "remark")
    static class Remark {
        @Id
        @GeneratedValue(strategy = GenerationType.SEQUENCE)
        Long id;

        @Version
        Integer version;

        String text;

        @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
        @JoinColumn(name = "remark_id")
        List<Reply> replies = new ArrayList<>();

        protected Remark() {}

        Remark(String text) {
            this.text = text;
        }
    }

    @Entity(name = "Reply")
    @Table(name = "reply")
    static class Reply {
        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        long id;

        String text;

        protected Reply() {}

        Reply(String text) {
            this.text = text;
        }
    }

    /** Written by transactions of their own, whatever becomes of the one around. */
    @Entity(name = "Audit")
    @Table(name = "audit")
    static class Audit {
        @Id
        @GeneratedValue(strategy = GenerationType.SEQUENCE)
        Long id;

        String text;

        protected Audit() {}

        Audit(String text) {
            this.text = text;
        }
    }
}
