package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.testing.TestFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A database of accounts for each test class; after each test no scope may be open and no connection borrowed. */
abstract class AccountTests {

    static TestFactory database;

    UnitOfWork unitOfWork;

    @BeforeAll
    static void start() {
        database = TestFactory.of(Account.class);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void begin() {
        database.execute("TRUNCATE account");
        unitOfWork = UnitOfWork.of(database.factory());
    }

    @AfterEach
    void everythingIsGivenBack() {
        assertThat(unitOfWork.isActive()).isFalse();
        assertThat(database.borrowedConnections()).isZero();
    }

    static void insert(String id, long balance) {
        database.execute("INSERT INTO account (id, version, balance) VALUES ('" + id + "', 0, " + balance + ")");
    }

    static Object balance(String id) {
        return database.select("SELECT balance FROM account WHERE id = '" + id + "'")
                .get(0);
    }
}
