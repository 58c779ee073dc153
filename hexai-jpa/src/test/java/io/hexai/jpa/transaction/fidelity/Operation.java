package io.hexai.jpa.transaction.fidelity;

import io.hexai.jpa.transaction.fidelity.Model.Address;
import io.hexai.jpa.transaction.fidelity.Model.Audit;
import io.hexai.jpa.transaction.fidelity.Model.Book;
import io.hexai.jpa.transaction.fidelity.Model.CardPayment;
import io.hexai.jpa.transaction.fidelity.Model.Club;
import io.hexai.jpa.transaction.fidelity.Model.Customer;
import io.hexai.jpa.transaction.fidelity.Model.Device;
import io.hexai.jpa.transaction.fidelity.Model.Item;
import io.hexai.jpa.transaction.fidelity.Model.Payment;
import io.hexai.jpa.transaction.fidelity.Model.Phone;
import io.hexai.jpa.transaction.fidelity.Model.Product;
import io.hexai.jpa.transaction.fidelity.Model.Purchase;
import io.hexai.jpa.transaction.fidelity.Model.Remark;
import io.hexai.jpa.transaction.fidelity.Model.Reply;
import io.hexai.jpa.transaction.fidelity.Model.TransferPayment;
import jakarta.persistence.EntityManager;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.function.Consumer;
import org.hibernate.Hibernate;

/** The steps that random programs are made of; each does nothing where the entities it needs are not there. */
enum Operation {
    PERSIST_CUSTOMER {
        @Override
        void run(Context context, int number, long fresh) {
            Customer customer = new Customer(fresh);
            customer.tags.add("new");
            customer.notes.addAll(List.of("first", "second"));
            customer.scores.put("start", number);
            customer.settings.put("theme", number);
            customer.phones.add(new Phone("home", "1" + number));
            context.em().persist(customer);
            context.hold(customer);
        }
    },
    PERSIST_PURCHASE {
        @Override
        void run(Context context, int number, long fresh) {
            context.customer(number, customer -> {
                Purchase purchase = new Purchase(fresh, customer);
                purchase.items.add(new Item(fresh));
                customer.purchases.add(purchase);
                if (number % 2 == 0) {
                    context.em().persist(purchase);
                    context.hold(purchase);
                }
            });
        }
    },
    PERSIST_CLUB {
        @Override
        void run(Context context, int number, long fresh) {
            Club club = new Club(fresh);
            context.em().persist(club);
            context.hold(club);
        }
    },
    RENAME {
        @Override
        void run(Context context, int number, long fresh) {
            context.customer(number, customer -> customer.name = "renamed-" + fresh);
        }
    },
    CHANGE_UNWRITTEN_ATTRIBUTE {
        @Override
        void run(Context context, int number, long fresh) {
            context.customer(number, customer -> customer.origin = "elsewhere-" + fresh);
        }
    },
    CHANGE_NATURAL_ID {
        @Override
        void run(Context context, int number, long fresh) {
            context.customer(number, customer -> customer.code = "code-" + fresh);
        }
    },
    CHANGE_ADDRESS {
        @Override
        void run(Context context, int number, long fresh) {
            context.customer(number, customer -> {
                if (customer.address != null && number % 3 == 0) {
                    customer.address = null;
                } else if (customer.address != null) {
                    customer.address.street = "street-" + fresh;
                } else {
                    customer.address = new Address("street-" + fresh, "city");
                }
            });
        }
    },
    CHANGE_TAGS {
        @Override
        void run(Context context, int number, long fresh) {
            context.customer(number, customer -> {
                if (!customer.tags.remove("new")) {
                    customer.tags.add("new");
                }
                customer.tags.add("tag-" + fresh);
            });
        }
    },
    CHANGE_NOTES {
        @Override
        void run(Context context, int number, long fresh) {
            context.customer(number, customer -> {
                customer.notes.add(0, "note-" + fresh);
                if (customer.notes.size() > 3) {
                    customer.notes.remove(2);
                }
            });
        }
    },
    REPLACE_NOTES {
        @Override
        void run(Context context, int number, long fresh) {
            context.customer(number, customer -> customer.notes = new ArrayList<>(List.of("replaced-" + fresh)));
        }
    },
    CHANGE_SCORES {
        @Override
        void run(Context context, int number, long fresh) {
            context.customer(number, customer -> {
                customer.scores = customer.scores == null ? new HashMap<>() : customer.scores;
                customer.scores.put("score-" + number % 3, (int) fresh);
                customer.scores.remove("start");
            });
        }
    },
    REPLACE_SCORES {
        @Override
        void run(Context context, int number, long fresh) {
            context.customer(number, customer -> customer.scores = number % 2 == 0 ? null : new HashMap<>());
        }
    },
    CHANGE_PHONES {
        @Override
        void run(Context context, int number, long fresh) {
            context.customer(number, customer -> {
                customer.phones.add(new Phone("mobile", "0" + fresh));
                if (number % 3 == 0) {
                    customer.phones.removeIf(phone -> phone.kind.equals("home"));
                }
            });
        }
    },
    CHANGE_JSON {
        @Override
        void run(Context context, int number, long fresh) {
            context.customer(number, customer -> customer.settings.put("setting-" + number % 2, (int) fresh));
        }
    },
    JOIN_CLUB {
        @Override
        void run(Context context, int number, long fresh) {
            context.customer(
                    number,
                    customer -> context.club(number, club -> {
                        customer.clubs.add(club);
                        leave(club, customer);
                        club.members.add(customer);
                    }));
        }
    },
    LEAVE_CLUBS {
        @Override
        void run(Context context, int number, long fresh) {
            context.customer(number, customer -> {
                customer.clubs.forEach(club -> leave(club, customer));
                customer.clubs.clear();
            });
        }
    },
    REPLACE_CLUBS {
        @Override
        void run(Context context, int number, long fresh) {
            context.customer(number, customer -> customer.clubs = new HashSet<>());
        }
    },
    REFER {
        @Override
        void run(Context context, int number, long fresh) {
            context.customer(
                    number, customer -> context.customer(number + 1, referrer -> customer.referrer = referrer));
        }
    },
    CHOOSE_FAVOURITE {
        @Override
        void run(Context context, int number, long fresh) {
            context.customer(number, customer -> {
                if (Hibernate.unproxy(customer.favourite) instanceof Product favourite) {
                    favourite.title = "title-" + fresh;
                } else if (number % 2 == 0) {
                    Book book = new Book();
                    book.id = fresh;
                    book.pages = number;
                    customer.favourite = book;
                } else {
                    Device device = new Device();
                    device.id = fresh;
                    device.watts = number;
                    context.em().persist(device);
                    customer.favourite = device;
                }
            });
        }
    },
    ADD_ITEM {
        @Override
        void run(Context context, int number, long fresh) {
            context.purchase(number, purchase -> purchase.items.add(new Item(fresh)));
        }
    },
    CHANGE_ITEM {
        @Override
        void run(Context context, int number, long fresh) {
            context.purchase(number, purchase -> {
                if (!purchase.items.isEmpty()) {
                    purchase.items.get(0).quantity = (int) fresh;
                }
            });
        }
    },
    REMOVE_ITEM {
        @Override
        void run(Context context, int number, long fresh) {
            context.purchase(number, purchase -> {
                if (!purchase.items.isEmpty()) {
                    purchase.items.remove(purchase.items.size() - 1);
                }
            });
        }
    },
    PAY {
        @Override
        void run(Context context, int number, long fresh) {
            context.purchase(number, purchase -> {
                if (Hibernate.unproxy(purchase.payment) instanceof Payment payment) {
                    payment.amount = fresh;
                } else if (number % 2 == 0) {
                    CardPayment card = new CardPayment();
                    card.id = fresh;
                    card.card = "card-" + number;
                    purchase.payment = card;
                } else {
                    TransferPayment transfer = new TransferPayment();
                    transfer.id = fresh;
                    transfer.iban = "iban-" + number;
                    purchase.payment = transfer;
                }
            });
        }
    },
    REMOVE_PURCHASE {
        @Override
        void run(Context context, int number, long fresh) {
            context.purchase(number, purchase -> {
                if (Hibernate.unproxy(purchase.customer) instanceof Customer customer) {
                    customer.purchases.remove(purchase);
                }
                context.em().remove(purchase);
            });
        }
    },
    ORPHAN_PURCHASE {
        @Override
        void run(Context context, int number, long fresh) {
            context.customer(number, customer -> {
                if (!customer.purchases.isEmpty()) {
                    customer.purchases.remove(0);
                }
            });
        }
    },
    REMOVE_CUSTOMER {
        @Override
        void run(Context context, int number, long fresh) {
            context.customer(number, customer -> {
                if (customer.id == 1) {
                    return;
                }
                context.em()
                        .createQuery("from Customer c where c.referrer = :removed", Customer.class)
                        .setParameter("removed", customer)
                        .getResultList()
                        .forEach(referred -> ((Customer) Hibernate.unproxy(referred)).referrer = null);
                customer.clubs.forEach(club -> leave(club, customer));
                context.em().remove(customer);
            });
        }
    },
    REMOVE_CLUB {
        @Override
        void run(Context context, int number, long fresh) {
            context.club(number, club -> {
                club.members.forEach(member -> ((Customer) Hibernate.unproxy(member)).clubs.remove(club));
                context.em().remove(club);
            });
        }
    },
    MERGE_CUSTOMER {
        @Override
        void run(Context context, int number, long fresh) {
            context.customer(number, customer -> {
                Customer detached = new Customer(customer.id);
                detached.version = customer.version;
                detached.code = customer.code;
                detached.name = "merged-" + fresh;
                detached.tags.add("merged-" + fresh);
                detached.notes.addAll(List.of("merged", "notes"));
                detached.settings.put("merged", number);
                detached.purchases = new ArrayList<>(customer.purchases);
                detached.clubs = new HashSet<>(customer.clubs);
                detached.referrer = customer.referrer;
                detached.favourite = customer.favourite;
                context.em().merge(detached);
            });
        }
    },
    LOAD_LAZILY {
        @Override
        void run(Context context, int number, long fresh) {
            context.customer(number, customer -> {
                Hibernate.initialize(customer.purchases);
                Hibernate.initialize(customer.referrer);
                Hibernate.initialize(customer.tags);
                customer.clubs.forEach(club -> Hibernate.initialize(club.members));
            });
        }
    },
    REFERENCE {
        @Override
        void run(Context context, int number, long fresh) {
            context.referTo(number, fresh);
        }
    },
    QUERY {
        @Override
        void run(Context context, int number, long fresh) {
            context.em()
                    .createQuery("from Customer c left join fetch c.purchases where c.name like 'r%'", Customer.class)
                    .getResultList();
        }
    },
    BULK_UPDATE {
        @Override
        void run(Context context, int number, long fresh) {
            context.customer(number, customer -> {
                context.em()
                        .createQuery("update versioned Customer c set c.name = :name where c.id = :id")
                        .setParameter("name", "bulk-" + fresh)
                        .setParameter("id", customer.id)
                        .executeUpdate();
                context.em().refresh(customer);
            });
        }
    },
    NATIVE_UPDATE {
        @Override
        void run(Context context, int number, long fresh) {
            context.customer(number, customer -> {
                context.em()
                        .createNativeQuery("update customer set city = :city, version = version + 1 where id = :id")
                        .setParameter("city", "native-" + fresh)
                        .setParameter("id", customer.id)
                        .executeUpdate();
                context.em().refresh(customer);
            });
        }
    },
    LOCK {
        @Override
        void run(Context context, int number, long fresh) {
            context.customer(
                    number,
                    customer -> context.em().lock(customer, jakarta.persistence.LockModeType.PESSIMISTIC_WRITE));
        }
    },
    REFRESH {
        @Override
        void run(Context context, int number, long fresh) {
            context.customer(number, customer -> {
                context.em().flush();
                context.em().refresh(customer);
            });
        }
    },
    REFRESH_CLUB {
        @Override
        void run(Context context, int number, long fresh) {
            context.club(number, club -> {
                context.em().flush();
                club.name = "lost-" + fresh;
                context.em().refresh(club);
            });
        }
    },
    RENAME_CLUB {
        @Override
        void run(Context context, int number, long fresh) {
            context.club(number, club -> club.name = "renamed-" + fresh);
        }
    },
    CLEAR {
        @Override
        void run(Context context, int number, long fresh) {
            if (number % 3 > 0) {
                context.em().flush();
            }
            context.em().clear();
        }
    },
    PERSIST_REMARK {
        @Override
        void run(Context context, int number, long fresh) {
            context.remark(number, remark -> {
                if (remark.id == null) {
                    context.em().persist(remark);
                    context.hold(remark);
                }
            });
        }
    },
    REPLY {
        @Override
        void run(Context context, int number, long fresh) {
            context.remark(number, remark -> {
                if (context.em().contains(remark)) {
                    Reply reply = new Reply("reply-" + fresh);
                    if (number % 2 == 0) {
                        context.em().persist(reply);
                    }
                    remark.replies.add(reply);
                }
            });
        }
    },
    LOSE_REMARK {
        @Override
        void run(Context context, int number, long fresh) {
            context.remark(number, remark -> {
                if (context.em().contains(remark)) {
                    if (number % 2 == 0) {
                        context.em().flush();
                        context.em().detach(remark);
                    } else {
                        context.em().remove(remark);
                    }
                }
            });
        }
    },
    DETACH_BEFORE_INSERTION {
        @Override
        void run(Context context, int number, long fresh) {
            context.remark(number, remark -> {
                if (remark.id == null) {
                    context.em().persist(remark);
                    context.em().detach(remark);
                    Fixture.withoutHibernatesComplaints(context.em()::flush);
                }
            });
        }
    },
    MERGE_REMARK {
        @Override
        void run(Context context, int number, long fresh) {
            Remark detached = new Remark("merged-" + fresh);
            detached.replies.add(new Reply("merged-" + fresh));
            context.hold(context.em().merge(detached));
        }
    },
    TRANSACTION_OF_ITS_OWN {
        @Override
        void run(Context context, int number, long fresh) {
            context.apart(em -> {
                em.persist(new Audit("audit-" + fresh));
                Customer customer = em.find(Customer.class, 1L);
                if (customer != null) {
                    Hibernate.initialize(customer.purchases);
                }
            });
        }
    },
    DETACH {
        @Override
        void run(Context context, int number, long fresh) {
            context.club(number, club -> {
                context.em().flush();
                context.em().detach(club);
                context.em().find(Club.class, club.id);
            });
        }
    },
    UNIQUE_VIOLATION {
        @Override
        void run(Context context, int number, long fresh) {
            context.club(number, club -> {
                Club duplicate = new Club(fresh);
                duplicate.name = club.name;
                context.em().persist(duplicate);
                context.em().flush();
            });
        }
    },
    STALE_VERSION {
        @Override
        void run(Context context, int number, long fresh) {
            context.club(number, club -> {
                context.em()
                        .createNativeQuery("update club set version = version + 1 where id = :id")
                        .setParameter("id", club.id)
                        .executeUpdate();
                club.name = "stale-" + fresh;
                context.em().flush();
            });
        }
    },
    FLUSH {
        @Override
        void run(Context context, int number, long fresh) {
            context.em().flush();
        }
    };

    abstract void run(Context context, int number, long fresh);

    boolean provokesFailure() {
        return this == UNIQUE_VIOLATION || this == STALE_VERSION || this == DETACH_BEFORE_INSERTION;
    }

    /** A set may hold a proxy of the customer, which equals it in nothing but the row. */
    private static void leave(Club club, Customer customer) {
        club.members.removeIf(member -> Hibernate.unproxy(member) == customer);
    }

    /** Where operations find their entities: by number among those that exist now. */
    interface Context {
        EntityManager em();

        void hold(Object entity);

        void referTo(int number, long fresh);

        /** Runs it in a transaction and a persistence context of its own, where a nested scope fails as well. */
        void apart(Consumer<EntityManager> action);

        /** One of a few instances that live as long as the program, persistent or not. */
        void remark(int number, Consumer<Remark> action);

        void customer(int number, Consumer<Customer> action);

        void purchase(int number, Consumer<Purchase> action);

        void club(int number, Consumer<Club> action);
    }
}
