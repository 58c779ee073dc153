package io.hexai.jpa.examples.isolated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.examples.isolated.domain.Address;
import io.hexai.jpa.examples.isolated.domain.Contract;
import io.hexai.jpa.examples.isolated.domain.Customer;
import io.hexai.jpa.examples.isolated.domain.Invoice;
import io.hexai.jpa.test.PostgresTest;
import io.hexai.jpa.test.TestIsolation;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityNotFoundException;
import jakarta.persistence.OptimisticLockException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@PostgresTest(builtIn = false, isolation = TestIsolation.CLONE_PER_METHOD)
class IsolatedDomainTest {

    private static final Address LONDON = new Address("Main Street 1", "London");

    private Storage storage;
    private UnitOfWork unitOfWork;
    private CustomerDesk desk;

    @BeforeEach
    void open(PostgresConfig config) {
        storage = new Storage(config);
        unitOfWork = storage.unitOfWork();
        desk = new CustomerDesk(unitOfWork);
        desk.register("c-1", "Ada", LONDON);
    }

    @AfterEach
    void close() {
        storage.close();
    }

    private Customer.State stored() {
        return desk.inCity("London").get(0);
    }

    private static int version(DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                ResultSet row = connection.createStatement().executeQuery("SELECT version FROM customer")) {
            row.next();
            return row.getInt(1);
        }
    }

    @Test
    void printsWhatItDoes(PostgresConfig config) {
        storage.close();
        ByteArrayOutputStream printed = new ByteArrayOutputStream();

        IsolatedDomain.run(config, new PrintStream(printed, true, StandardCharsets.UTF_8));

        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("renamed:    State[id=c-1, name=Ada Lovelace,")
                .contains("optimistic: 2 attempts, [State[id=c-1, name=Countess Ada of Lovelace,")
                .contains("name=Countess Ada of Lovelace (1815)")
                .contains("nested:     2 of 3 signed")
                .contains("orm.xml:    invoice PAID");
    }

    @Test
    void findsChangesWithoutSaving(DataSource dataSource) throws SQLException {
        assertThat(desk.rename("c-1", "Grace").name()).isEqualTo("Grace");
        desk.rename("c-1", "Grace");

        assertThat(stored()).isEqualTo(new Customer.State("c-1", "Grace", LONDON, List.of()));
        assertThat(version(dataSource)).isEqualTo(1);
        assertThatThrownBy(() -> desk.rename("c-2", "Nobody")).isInstanceOf(EntityNotFoundException.class);
    }

    @Test
    void keepsTheRulesOfTheDomain() {
        assertThatThrownBy(() -> desk.rename("c-1", " ")).isInstanceOf(IllegalArgumentException.class);

        assertThat(stored().name()).isEqualTo("Ada");
    }

    @Test
    void storesChildren() {
        assertThat(desk.signAll("c-1", List.of("k-1", "k-2"), 1_000)).isEqualTo(2);
        desk.signAll("c-1", List.of("k-2"), 2_000);
        desk.cancel("c-1", "k-1");

        assertThat(stored().contracts()).containsExactly(new Contract.State("k-2", 2_000));
        desk.forget("c-1");
        assertThat(desk.inCity("London")).isEmpty();
    }

    @Test
    void takesARefusalBackInTheCustomerToo() {
        assertThat(desk.signAll("c-1", List.of("k-1", "k-2", "k-3"), 40_000)).isEqualTo(2);

        assertThat(stored().contracts()).extracting(Contract.State::number).containsExactly("k-1", "k-2");
    }

    @Test
    void thinksAgainWhenSomebodyElseWasFaster(DataSource dataSource) throws SQLException {
        int[] rivals = {2};
        CustomerDesk rival = new CustomerDesk(storage.unitOfWork());

        int attempts = desk.renameByThought("c-1", name -> {
            if (rivals[0]-- > 0) {
                rival.rename("c-1", name + "!");
            }
            return name + "?";
        });

        assertThat(attempts).isEqualTo(3);
        assertThat(stored().name()).isEqualTo("Ada!!?");
        assertThat(version(dataSource)).isEqualTo(3);
    }

    @Test
    void givesUpAfterFourAttempts(DataSource dataSource) throws SQLException {
        CustomerDesk rival = new CustomerDesk(storage.unitOfWork());

        assertThatThrownBy(() -> desk.renameByThought("c-1", name -> {
                    rival.rename("c-1", name + "!");
                    return "never stored";
                }))
                .isInstanceOf(OptimisticLockException.class);

        assertThat(stored().name()).isEqualTo("Ada!!!!");
        assertThat(version(dataSource)).isEqualTo(4);
    }

    @Test
    void letsTheSecondWaitInOneTransactionAroundItAll() throws Exception {
        int writers = 4;
        CountDownLatch start = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(writers);
        try {
            List<Future<?>> all = java.util.stream.IntStream.range(0, writers)
                    .<Future<?>>mapToObj(i -> threads.submit(() -> {
                        start.await();
                        desk.appendToName("c-1", "+");
                        return null;
                    }))
                    .toList();
            start.countDown();
            for (Future<?> each : all) {
                each.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(stored().name()).isEqualTo("Ada++++");
    }

    @Test
    void storesAnAnnotationFreeClassByItsMappingFile() {
        unitOfWork.run(em -> em.persist(Invoice.issue("i-1", "c-1", 500)));
        Invoice detached = unitOfWork.call(em -> em.find(Invoice.class, "i-1"));
        unitOfWork.run(em -> em.find(Invoice.class, "i-1").pay(500));

        assertThat(unitOfWork.<Invoice.Status, RuntimeException>call(
                        em -> em.find(Invoice.class, "i-1").status()))
                .isEqualTo(Invoice.Status.PAID);
        assertThatThrownBy(() -> unitOfWork.run(em -> em.merge(detached))).isInstanceOf(OptimisticLockException.class);
    }
}
