package io.hexai.jpa.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.crypto.tink.KeysetHandle;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.Version;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.hibernate.annotations.SoftDelete;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReEncryptionTest {

    @Embeddable
    static class Contact {
        @Encrypted(deterministic = true)
        String email;
    }

    @Entity(name = "Member")
    @SoftDelete
    static class Member {
        @Id
        String id;

        @Version
        int version;

        String name = "Ada";

        @Encrypted
        String secret;

        @Embedded
        Contact contact = new Contact();

        protected Member() {}

        Member(String id) {
            this.id = id;
            this.secret = "secret of " + id;
            this.contact.email = id + "@example.org";
        }
    }

    @Embeddable
    record Seat(String row, int number) {}

    @Entity(name = "Booking")
    static class Booking {
        @EmbeddedId
        Seat seat;

        @Encrypted
        String guest;
    }

    @Entity(name = "Shape")
    @Inheritance(strategy = InheritanceType.TABLE_PER_CLASS)
    static class Shape {
        @Id
        long id;

        @Encrypted
        String secret = "shape";
    }

    @Entity(name = "Circle")
    static class Circle extends Shape {
        @Encrypted
        String radius = "circle";
    }

    static TestFactory database;

    UnitOfWork unitOfWork;
    KeysetHandle rows = TestKeys.rows();
    KeysetHandle search = TestKeys.search();

    @BeforeAll
    static void start() {
        database = TestFactory.of(Map.of(), Member.class, Booking.class, Shape.class, Circle.class);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void begin() {
        database.execute("TRUNCATE member, booking, shape, circle");
        unitOfWork = UnitOfWork.of(database.factory());
        use(rows, search);
    }

    private void use(KeysetHandle rowKeys, KeysetHandle searchKeys) {
        Encryption.install(database.factory(), EncryptionKeys.of(rowKeys).withSearchKeys(searchKeys));
    }

    private void rotate() {
        rows = TestKeys.rotated(rows);
        search = TestKeys.rotated(search);
        use(rows, search);
    }

    private void forgetOldKeys() {
        use(TestKeys.withoutOldKeys(rows), TestKeys.withoutOldKeys(search));
    }

    private void persist(Object... entities) {
        unitOfWork.run(em -> {
            for (Object entity : entities) {
                em.persist(entity);
            }
        });
    }

    private Member member(String id) {
        return unitOfWork.call(em -> em.find(Member.class, id));
    }

    @Test
    void rewritesAllThatIsUnderOldKeys() {
        Booking booking = new Booking();
        booking.seat = new Seat("A", 1);
        booking.guest = "Bob";
        Shape shape = new Shape();
        shape.id = 1;
        Circle circle = new Circle();
        circle.id = 2;
        persist(new Member("a"), new Member("b"), new Member("c"), booking, shape, circle);
        unitOfWork.run(em -> em.remove(em.find(Member.class, "c")));
        rotate();

        ReEncryptionReport report = ReEncryption.of(unitOfWork).withBatchSize(2).run();

        assertThat(report.rewritten()).isEqualTo(3 + 3 + 1 + 1 + 2);
        assertThat(report.isComplete()).isTrue();
        forgetOldKeys();
        assertThat(member("a").secret).isEqualTo("secret of a");
        assertThat(member("b").contact.email).isEqualTo("b@example.org");
        assertThat(member("b").version).isZero();
        Booking found = unitOfWork.call(em -> em.find(Booking.class, booking.seat));
        assertThat(found.guest).isEqualTo("Bob");
        Circle foundCircle = (Circle) unitOfWork.call(em -> em.find(Shape.class, 2L));
        assertThat(foundCircle.secret + foundCircle.radius).isEqualTo("shapecircle");
        assertThat(ReEncryption.of(unitOfWork).run().rewritten()).isZero();
    }

    @Test
    void isNeededBeforeTheOldKeyGoes() {
        persist(new Member("a"));
        rotate();
        assertThat(member("a").secret).isEqualTo("secret of a");
        forgetOldKeys();

        assertThatThrownBy(() -> member("a")).isInstanceOf(EncryptedAttributeException.class);
    }

    @Test
    void reportsWhatItCannotDecryptAndGoesOn() {
        persist(new Member("a"), new Member("b"), new Member("c"));
        database.execute("UPDATE member SET secret = set_byte(secret, 20, get_byte(secret, 20) # 1) WHERE id = 'a'");
        rotate();

        ReEncryptionReport report = ReEncryption.of(unitOfWork).withBatchSize(1).run();

        assertThat(report.rewritten()).isEqualTo(5);
        assertThat(report.unreadable()).isEqualTo(1);
        assertThat(report.isComplete()).isFalse();
        assertThat(report.failures()).singleElement().satisfies(e -> {
            assertThat(e.attribute()).isEqualTo("secret");
            assertThat(e.row()).isEqualTo("a");
        });
    }

    @Test
    void leavesAValueThatIsChangedMeanwhileToItsWriter() throws Exception {
        persist(new Member("a"));
        rotate();
        CountDownLatch written = new CountDownLatch(1);
        CountDownLatch mayCommit = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Callable<Void> change = () -> {
                unitOfWork.run(em -> {
                    em.find(Member.class, "a").secret = "new";
                    em.flush();
                    written.countDown();
                    mayCommit.await();
                });
                return null;
            };
            Future<?> writer = threads.submit(change);
            written.await();
            Future<ReEncryptionReport> job =
                    threads.submit(() -> ReEncryption.of(unitOfWork).run());
            Awaitility.await()
                    .until(() -> !database.select(
                                    "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
                            .isEmpty());
            mayCommit.countDown();
            writer.get();

            assertThat(job.get().changedMeanwhile()).isEqualTo(1);
        } finally {
            mayCommit.countDown();
            threads.shutdownNow();
        }
        forgetOldKeys();
        assertThat(member("a").secret).isEqualTo("new");
    }

    @Test
    void isNotUndoneByAnUpdateOfWhatWasReadBefore() {
        persist(new Member("a"));
        rotate();
        unitOfWork.run(em -> {
            Member member = em.find(Member.class, "a");
            assertThat(ReEncryption.of(unitOfWork).run().rewritten()).isEqualTo(2);
            member.name = "Bob";
        });

        forgetOldKeys();
        assertThat(member("a").secret).isEqualTo("secret of a");
        assertThat(member("a").name).isEqualTo("Bob");
    }

    @Test
    void isDoneInPassingByAnUpdateOfTheRow() {
        persist(new Member("a"));
        rotate();
        unitOfWork.run(em -> em.find(Member.class, "a").name = "Bob");
        forgetOldKeys();

        assertThat(member("a").secret).isEqualTo("secret of a");
    }
}
