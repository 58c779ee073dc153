package io.hexai.jpa.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.SequenceGenerator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.hibernate.annotations.UuidGenerator;
import org.hibernate.annotations.UuidGenerator.Style;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the guide says of identifiers, which Hibernate generates: no statement for each, and inserts in batches. */
class IdentifiersTest {

    private static final int ENTITIES = 200;

    @Entity(name = "Ticket")
    static class Ticket {
        @Id
        @GeneratedValue(strategy = GenerationType.SEQUENCE)
        @SequenceGenerator(sequenceName = "ticket_seq", allocationSize = 50)
        Long id;
    }

    @Entity(name = "Parcel")
    static class Parcel {
        @Id
        @UuidGenerator(style = Style.VERSION_7)
        UUID id;
    }

    @Entity(name = "Coupon")
    static class Coupon {
        @Id
        @UuidGenerator(style = Style.VERSION_7)
        String id;
    }

    static final List<String> statements = new CopyOnWriteArrayList<>();
    static TestFactory database;

    @BeforeAll
    static void start() {
        StatementInspector recording = sql -> {
            statements.add(sql);
            return sql;
        };
        database = TestFactory.of(
                Map.of(AvailableSettings.STATEMENT_INSPECTOR, recording, AvailableSettings.STATEMENT_BATCH_SIZE, 50),
                Ticket.class,
                Parcel.class,
                Coupon.class);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void forget() {
        statements.clear();
    }

    private static void persist(List<?> entities) {
        UnitOfWork.of(database.factory()).run(em -> entities.forEach(em::persist));
    }

    private static long count(String word) {
        return statements.stream().filter(sql -> sql.contains(word)).count();
    }

    @Test
    void ofASequenceAreDrawnInBlocks() {
        List<Ticket> tickets = Stream.generate(Ticket::new).limit(ENTITIES).toList();
        persist(tickets);

        assertThat(tickets).extracting(ticket -> ticket.id).doesNotContainNull().doesNotHaveDuplicates();
        assertThat(count("nextval")).isBetween((long) ENTITIES / 50, (long) ENTITIES / 50 + 1);
        assertThat(count("insert")).as("prepared once, sent in batches").isEqualTo(1);
    }

    @Test
    void ofTimeOrderedUuidsNeedNoStatementAndSortAsTheyWereMade() {
        List<Parcel> parcels = Stream.generate(Parcel::new).limit(ENTITIES).toList();
        persist(parcels);

        assertThat(parcels)
                .extracting(parcel -> parcel.id)
                .allMatch(id -> id.version() == 7 && id.variant() == 2)
                .extracting(UUID::toString)
                .isSorted();
        assertThat(statements).singleElement().asString().startsWith("insert");
        assertThat(database.select("SELECT id FROM parcel ORDER BY id"))
                .isEqualTo(parcels.stream().map(parcel -> (Object) parcel.id).toList());
    }

    @Test
    void canBeTimeOrderedUuidsAsText() {
        Coupon coupon = new Coupon();
        persist(List.of(coupon));

        assertThat(UUID.fromString(coupon.id).version()).isEqualTo(7);
    }
}
