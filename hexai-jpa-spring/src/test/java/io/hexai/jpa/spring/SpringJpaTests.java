package io.hexai.jpa.spring;

import io.hexai.jpa.test.PostgresTest;
import jakarta.persistence.EntityManager;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** Transactions of Spring's and of units of work, in a database for each test class; a test leaves nothing bound to its thread. */
@PostgresTest(entities = Account.class, events = Account.Deposited.class)
abstract class SpringJpaTests {

    static SpringJpa spring;

    final String id = UUID.randomUUID().toString();
    final List<String> seen = new ArrayList<>();

    @BeforeAll
    static void configure(DataSource dataSource) {
        spring = new SpringJpa(dataSource);
    }

    @AfterAll
    static void close() {
        spring.close();
    }

    @AfterEach
    void leavesNothingBehind() {
        spring.requireCleanThread();
    }

    static int backend(EntityManager entityManager) {
        return (int) entityManager
                .createNativeQuery("SELECT pg_backend_pid()", Integer.class)
                .getSingleResult();
    }
}
