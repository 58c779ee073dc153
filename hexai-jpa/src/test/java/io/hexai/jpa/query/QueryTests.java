package io.hexai.jpa.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A table of three items for each test; after each, no scope may be open and no connection borrowed. */
abstract class QueryTests {

    enum Mood {
        HAPPY,
        SAD
    }

    @Entity(name = "QueryItem")
    static class Item {
        @Id
        int id;

        @Version
        int version;

        @Column(name = "full_name")
        String fullName;

        String mood = "HAPPY";

        protected Item() {}

        Item(int id, String fullName) {
            this.id = id;
            this.fullName = fullName;
        }
    }

    record ItemRow(int id, String fullName) {}

    static TestFactory database;

    UnitOfWork unitOfWork;
    Queries queries;

    @BeforeAll
    static void start() {
        database = TestFactory.of(Item.class);
        database.execute("CREATE TYPE mood AS ENUM ('HAPPY', 'SAD')");
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void begin() {
        database.execute("TRUNCATE QueryItem");
        unitOfWork = UnitOfWork.of(database.factory());
        queries = Queries.of(unitOfWork);
        unitOfWork.run(em -> {
            em.persist(new Item(1, "Ann"));
            em.persist(new Item(2, "Bob"));
            em.persist(new Item(3, "Cid"));
        });
    }

    @AfterEach
    void everythingIsGivenBack() {
        assertThat(unitOfWork.isActive()).isFalse();
        assertThat(database.borrowedConnections()).isZero();
    }

    <T> T value(Class<T> type, String expression, Object... parameters) {
        SqlQuery query = queries.sql("SELECT " + expression);
        for (int i = 0; i < parameters.length; i += 2) {
            query = query.param((String) parameters[i], parameters[i + 1]);
        }
        SqlQuery complete = query;
        return unitOfWork.call(() -> complete.single(type));
    }

    List<Integer> ids(String condition, String parameter, Object value) {
        return unitOfWork.call(() -> queries.sql("SELECT id FROM QueryItem WHERE " + condition + " ORDER BY id")
                .param(parameter, value)
                .list(Integer.class));
    }
}
