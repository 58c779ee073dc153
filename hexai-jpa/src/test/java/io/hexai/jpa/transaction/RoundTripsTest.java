package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.testing.TcpProxy;
import io.hexai.jpa.testing.TestFactory;
import jakarta.persistence.EntityManagerFactory;
import java.time.Duration;
import java.util.List;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a unit of work costs on the wire, counted by a proxy that reads the protocol. */
class RoundTripsTest extends AccountTests {

    TcpProxy proxy;
    HikariDataSource pool;
    EntityManagerFactory factory;

    void connect(boolean autoCommit) {
        insert("a", 1);
        proxy = TcpProxy.before(database.jdbcUrl());
        pool = TestFactory.pool(proxy.jdbcUrl(), 1);
        pool.setAutoCommit(autoCommit);
        factory = new HibernatePersistenceConfiguration("proxied")
                .managedClasses(Account.class)
                .property("jakarta.persistence.nonJtaDataSource", pool)
                .createEntityManagerFactory();
        unitOfWork = UnitOfWork.of(factory);
        read();
        proxy.roundTrips();
    }

    @AfterEach
    void disconnect() {
        factory.close();
        pool.close();
        proxy.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void areThoseOfTheStatementsAndTheCommit(boolean autoCommit) {
        connect(autoCommit);

        unitOfWork.run(() -> {});
        assertThat(proxy.roundTrips()).isZero();

        read();
        assertThat(proxy.roundTrips()).isEqualTo(2);

        unitOfWork.run(em -> em.persist(new Account("b", 2)));
        assertThat(proxy.roundTrips()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void areNoMoreForOptionsThatAreTheSameInEachTransaction(boolean autoCommit) {
        connect(autoCommit);

        unitOfWork = unitOfWork.with(o ->
                o.withIsolation(IsolationLevel.SERIALIZABLE).withReadOnly(true).withLockTimeout(Duration.ofSeconds(1)));
        read();

        assertThat(proxy.roundTrips()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void areOneMoreForATimeout(boolean autoCommit) {
        connect(autoCommit);

        unitOfWork = unitOfWork.with(o -> o.withIsolation(IsolationLevel.SERIALIZABLE)
                .withReadOnly(true)
                .withTimeout(Duration.ofMinutes(1))
                .withLockTimeout(Duration.ofSeconds(1)));
        read();

        assertThat(proxy.roundTrips()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void areNoMoreForNestedScopesThatSucceed(boolean autoCommit) {
        connect(autoCommit);

        unitOfWork.run(em -> {
            UnitOfWork nested = unitOfWork.with(Propagation.NESTED);
            nested.run(() -> em.find(Account.class, "a"));
            nested.run(() -> nested.run(() -> em.find(Account.class, "b")));
            nested.run(() -> {});
        });

        assertThat(proxy.roundTrips()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void areOneMoreForANestedScopeThatFailsAfterAStatement(boolean autoCommit) {
        connect(autoCommit);

        unitOfWork.run(em -> {
            for (String id : List.of("a", "b")) {
                assertThatThrownBy(() -> unitOfWork.with(Propagation.NESTED).run(() -> {
                            em.find(Account.class, id);
                            throw new IllegalStateException();
                        }))
                        .isInstanceOf(IllegalStateException.class);
            }
            assertThatThrownBy(() -> unitOfWork.with(Propagation.NESTED).run(() -> {
                        throw new IllegalStateException();
                    }))
                    .isInstanceOf(IllegalStateException.class);
        });

        // the two reads and their rollbacks, "a" read anew, and the COMMIT
        assertThat(proxy.roundTrips()).isEqualTo(6);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void areThoseOfTheReadsAloneInOptimisticModeUntilSomethingIsWritten(boolean autoCommit) {
        connect(autoCommit);
        unitOfWork = unitOfWork.with(TransactionOptions.optimistic());

        read();
        assertThat(proxy.roundTrips()).isEqualTo(1);

        unitOfWork.run(em -> em.find(Account.class, "a").balance = 5);
        assertThat(proxy.roundTrips()).isEqualTo(3);
    }

    private void read() {
        unitOfWork.run(em -> em.find(Account.class, "a"));
    }
}
