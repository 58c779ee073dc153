package io.hexai.jpa.subscription;

import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** The read model of the tests: what is in an account, and how many events said so. */
@Entity
@Table(name = "balances")
class Balance {

    @Id
    String account;

    int amount;

    int events;

    protected Balance() {}

    Balance(String account) {
        this.account = account;
    }

    static void add(EntityManager entityManager, String account, int amount) {
        Balance balance = entityManager.find(Balance.class, account);
        if (balance == null) {
            balance = new Balance(account);
            entityManager.persist(balance);
        }
        balance.amount += amount;
        balance.events++;
    }
}
