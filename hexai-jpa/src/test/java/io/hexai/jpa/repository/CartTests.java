package io.hexai.jpa.repository;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.UnitOfWork;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A database of carts for each test class; after each test no scope may be open and no connection borrowed. */
abstract class CartTests {

    static final List<String> STATEMENTS = new CopyOnWriteArrayList<>();

    static TestFactory database;

    UnitOfWork unitOfWork;
    Carts carts;

    @BeforeAll
    static void start() {
        StatementInspector recording = sql -> {
            STATEMENTS.add(sql);
            return sql;
        };
        database = TestFactory.of(
                Map.of(AvailableSettings.STATEMENT_INSPECTOR, recording), CartRow.class, CartRow.CartLineRow.class);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void begin() {
        database.execute("DELETE FROM cart_tags; DELETE FROM cartline; DELETE FROM cart");
        unitOfWork = UnitOfWork.of(database.factory());
        carts = new Carts(unitOfWork);
        unitOfWork.run(() -> {
            carts.add(cart("a", 2));
            carts.add(cart("b", 3));
        });
        STATEMENTS.clear();
    }

    @AfterEach
    void everythingIsGivenBack() {
        assertThat(unitOfWork.isActive()).isFalse();
        assertThat(database.borrowedConnections()).isZero();
    }

    static Cart cart(String id, int quantity) {
        Cart cart = Cart.open(id, "owner of " + id);
        cart.put("pen", quantity);
        cart.put("ink", 1);
        cart.tag("new");
        return cart;
    }

    /** What a unit of work of its own reads. */
    String stored(String id) {
        UnitOfWork other = UnitOfWork.of(database.factory());
        Carts theirs = new Carts(other);
        return other.call(() -> theirs.find(id).map(Cart::toString).orElse("none"));
    }

    static Object version(String id) {
        return database.select("SELECT version FROM cart WHERE id = '" + id + "'")
                .get(0);
    }
}
