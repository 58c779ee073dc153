package io.hexai.jpa.transaction.fidelity;

import io.hexai.jpa.transaction.fidelity.Model.Book;
import io.hexai.jpa.transaction.fidelity.Model.CardPayment;
import io.hexai.jpa.transaction.fidelity.Model.Club;
import io.hexai.jpa.transaction.fidelity.Model.Customer;
import io.hexai.jpa.transaction.fidelity.Model.Device;
import io.hexai.jpa.transaction.fidelity.Model.Item;
import io.hexai.jpa.transaction.fidelity.Model.Payment;
import io.hexai.jpa.transaction.fidelity.Model.Product;
import io.hexai.jpa.transaction.fidelity.Model.Purchase;
import io.hexai.jpa.transaction.fidelity.Model.Remark;
import io.hexai.jpa.transaction.fidelity.Model.TransferPayment;
import jakarta.persistence.EntityManager;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.hibernate.Hibernate;
import org.hibernate.KeyType;
import org.hibernate.Session;
import org.hibernate.proxy.HibernateProxy;

/** Turns entities into text, attribute by attribute, without initialising what is lazy. */
final class Dump {

    static final String LAZY = "<lazy>";

    private Dump() {}

    /** The entities that a program got hold of; a detached one is the program's own business, like any other object. */
    static Map<String, String> of(EntityManager em, Map<String, Object> held) {
        Map<String, String> dump = new TreeMap<>();
        held.forEach((name, entity) -> {
            dump.put("held " + name + ".managed", String.valueOf(em.contains(entity)));
            if (em.contains(entity)) {
                add(entity, "held " + name, dump);
                dump.put(
                        "held " + name + ".same",
                        String.valueOf(Hibernate.unproxy(em.find(entity.getClass(), idOf(entity))) == entity));
                dump.put(
                        "held " + name + ".lock",
                        String.valueOf(em.getLockMode(entity)).replace("OPTIMISTIC", "NONE"));
            }
        });
        return dump;
    }

    /** Everything there is, loaded where necessary, and found by natural id too. */
    static Map<String, String> ofAll(EntityManager em) {
        Map<String, String> dump = new TreeMap<>();
        for (String type : List.of("Customer", "Purchase", "Item", "Club", "Payment", "Product", "Remark")) {
            for (Object entity : em.createQuery("from " + type, Object.class).getResultList()) {
                Object target = Hibernate.unproxy(entity);
                if (target instanceof Customer customer) {
                    Hibernate.initialize(customer.tags);
                    Hibernate.initialize(customer.notes);
                    Hibernate.initialize(customer.scores);
                    Hibernate.initialize(customer.phones);
                    Hibernate.initialize(customer.purchases);
                    Hibernate.initialize(customer.clubs);
                    Customer byCode = em.unwrap(Session.class).find(Customer.class, customer.code, KeyType.NATURAL);
                    dump.put("all " + name(target) + ".byCode", String.valueOf(Hibernate.unproxy(byCode) == target));
                }
                if (target instanceof Remark remark) {
                    Hibernate.initialize(remark.replies);
                }
                add(target, "all " + name(target), dump);
            }
        }
        return dump;
    }

    /** Generated identifiers may differ; what was merged several times is one and the same here. */
    static String name(Object entity) {
        return entity instanceof Remark remark
                ? "Remark " + remark.text
                : Hibernate.unproxy(entity).getClass().getSimpleName() + "#" + idOf(entity);
    }

    private static Object idOf(Object entity) {
        if (entity instanceof HibernateProxy proxy) {
            return proxy.getHibernateLazyInitializer().getInternalIdentifier();
        } else if (entity instanceof Customer customer) {
            return customer.id;
        } else if (entity instanceof Purchase purchase) {
            return purchase.id;
        } else if (entity instanceof Item item) {
            return item.id;
        } else if (entity instanceof Club club) {
            return club.id;
        } else if (entity instanceof Payment payment) {
            return payment.id;
        } else if (entity instanceof Remark remark) {
            return remark.id;
        } else {
            return ((Product) entity).id;
        }
    }

    private static void add(Object entity, String prefix, Map<String, String> dump) {
        if (entity instanceof Customer customer) {
            dump.put(prefix + ".version", "" + customer.version);
            dump.put(prefix + ".code", customer.code);
            dump.put(prefix + ".name", customer.name);
            dump.put(prefix + ".origin", customer.origin);
            dump.put(prefix + ".upperName", "" + customer.upperName);
            dump.put(prefix + ".address", "" + customer.address);
            dump.put(prefix + ".tags", unordered(customer.tags));
            dump.put(prefix + ".notes", ordered(customer.notes));
            dump.put(prefix + ".scores", map(customer.scores));
            dump.put(prefix + ".phones", ordered(customer.phones));
            dump.put(prefix + ".settings", map(customer.settings));
            dump.put(prefix + ".purchases", ordered(customer.purchases));
            dump.put(prefix + ".clubs", unordered(customer.clubs));
            dump.put(prefix + ".referrer", reference(customer.referrer));
            dump.put(prefix + ".favourite", reference(customer.favourite));
        } else if (entity instanceof Purchase purchase) {
            dump.put(prefix + ".version", "" + purchase.version);
            dump.put(prefix + ".label", purchase.label);
            dump.put(prefix + ".customer", reference(purchase.customer));
            dump.put(prefix + ".items", unordered(purchase.items));
            dump.put(prefix + ".payment", reference(purchase.payment));
        } else if (entity instanceof Item item) {
            dump.put(prefix + ".item", item.sku + " " + item.quantity);
        } else if (entity instanceof Club club) {
            dump.put(prefix + ".version", "" + club.version);
            dump.put(prefix + ".name", club.name);
            dump.put(prefix + ".members", unordered(club.members));
        } else if (entity instanceof Payment payment) {
            dump.put(prefix + ".version", "" + payment.version);
            dump.put(
                    prefix + ".payment",
                    payment.amount + " "
                            + (payment instanceof CardPayment card ? card.card : ((TransferPayment) payment).iban));
        } else if (entity instanceof Remark remark) {
            dump.put(prefix + ".version", "" + remark.version);
            dump.put(prefix + ".replies", unordered(remark.replies));
        } else if (entity instanceof Product product) {
            dump.put(prefix + ".version", "" + product.version);
            dump.put(
                    prefix + ".product",
                    product.title + " " + (product instanceof Book book ? book.pages : ((Device) product).watts));
        }
    }

    private static String reference(Object entity) {
        return entity == null ? "null" : "#" + idOf(entity);
    }

    private static String text(Object element) {
        return element instanceof Model.Phone || element instanceof String
                ? element.toString()
                : element instanceof Model.Reply reply ? reply.text : "#" + idOf(element);
    }

    private static String ordered(Collection<?> collection) {
        return collection == null
                ? "null"
                : !Hibernate.isInitialized(collection)
                        ? LAZY
                        : collection.stream().map(Dump::text).toList().toString();
    }

    private static String unordered(Collection<?> collection) {
        return collection == null
                ? "null"
                : !Hibernate.isInitialized(collection)
                        ? LAZY
                        : collection.stream().map(Dump::text).sorted().toList().toString();
    }

    private static String map(Map<?, ?> map) {
        return map == null
                ? "null"
                : !Hibernate.isInitialized(map) ? LAZY : new TreeMap<Object, Object>(map).toString();
    }
}
