package io.hexai.jpa.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.mapping.Timestamps;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.SequenceGenerator;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.UuidGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The snippets of {@code docs/guide/mapping.md}. */
class MappingGuideTest {

    // region timestamps
    @Entity(name = "Invoice")
    static class Invoice {
        @Id
        @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
        UUID id;

        String text;

        @Embedded
        Timestamps timestamps;
    }
    // endregion

    // region identifiers
    @Entity(name = "Ticket")
    static class Ticket {
        @Id
        @GeneratedValue(strategy = GenerationType.SEQUENCE)
        @SequenceGenerator(sequenceName = "ticket_seq", allocationSize = 50)
        Long id;
    }
    // endregion

    private TestFactory database;
    private UnitOfWork unitOfWork;

    @BeforeEach
    void start() {
        database = TestFactory.of(Invoice.class, Ticket.class);
        unitOfWork = UnitOfWork.of(database.factory());
    }

    @AfterEach
    void stop() {
        database.close();
    }

    @Test
    void timesAreKeptUnlessManagementIsOff() {
        Invoice invoice = new Invoice();
        unitOfWork.run(em -> em.persist(invoice));
        assertThat(invoice.timestamps.createdAt()).isNotNull().isEqualTo(invoice.timestamps.updatedAt());

        // region unmanaged
        unitOfWork.run(em -> {
            em.setProperty(Timestamps.MANAGED, false);
            Invoice imported = new Invoice();
            imported.timestamps = new Timestamps(Instant.parse("2001-02-03T04:05:06Z"), null);
            em.persist(imported);
        });
        // endregion
        assertThat(database.select("SELECT createdat FROM invoice WHERE updatedat IS NULL"))
                .hasSize(1);
    }

    @Test
    void identifiersAreGenerated() {
        Ticket ticket = new Ticket();
        unitOfWork.run(em -> em.persist(ticket));

        assertThat(ticket.id).isNotNull();
    }
}
