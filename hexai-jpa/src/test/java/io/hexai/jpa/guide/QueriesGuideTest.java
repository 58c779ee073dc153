package io.hexai.jpa.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.query.Queries;
import io.hexai.jpa.query.QueryAnswers;
import io.hexai.jpa.query.QueryParameterException;
import io.hexai.jpa.query.SqlQuery;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The snippets of {@code docs/guide/queries.md}. */
class QueriesGuideTest {

    enum Status {
        OPEN,
        PAID
    }

    @Entity(name = "guide_invoice")
    static class Invoice {
        @Id
        String id;

        String status = "OPEN";
        long cents;

        @Column(name = "issued_at")
        Instant issuedAt = Instant.parse("2026-01-01T00:00:00Z");

        String city = "Bern";

        @JdbcTypeCode(SqlTypes.JSON)
        Map<String, Object> details = Map.of("note", "by post", "pages", List.of(1, 2));

        protected Invoice() {}

        Invoice(String id, long cents) {
            this.id = id;
            this.cents = cents;
        }
    }

    static TestFactory database;

    UnitOfWork unitOfWork;
    Queries queries;

    @BeforeAll
    static void start() {
        database = TestFactory.of(Invoice.class);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void begin() {
        database.execute("DELETE FROM guide_invoice");
        unitOfWork = UnitOfWork.of(database.factory());
        unitOfWork.run(em -> {
            em.persist(new Invoice("invoice-1", 100));
            em.persist(new Invoice("invoice-2", 250));
        });
        // region of
        queries = Queries.of(unitOfWork);
        // endregion
    }

    // region list
    record InvoiceRow(String id, Status status, long cents, Instant issuedAt) {}

    List<InvoiceRow> invoices(Status status, List<String> ids) {
        return unitOfWork.call(() -> queries.sql("""
                SELECT id, status, cents, issued_at FROM guide_invoice
                WHERE status = :status AND id IN (:ids) ORDER BY id""")
                .named("invoices")
                .param("status", status)
                .param("ids", ids)
                .list(InvoiceRow.class));
    }
    // endregion

    @Test
    void lists() {
        assertThat(invoices(Status.OPEN, List.of("invoice-1", "invoice-9")))
                .extracting(InvoiceRow::cents)
                .containsExactly(100L);
        assertThat(invoices(Status.OPEN, List.of())).isEmpty();
    }

    // region nested
    record Letter(String id, Address to, Optional<String> phone, Details details, List<String> tags) {}

    record Address(String city, int zip) {}

    record Details(String note, List<Integer> pages) {}

    Letter letter(String id) {
        return unitOfWork.call(() -> queries.sql("""
                SELECT id, city AS to_city, 3000 AS to_zip, NULL AS phone, details, ARRAY['urgent'] AS tags
                FROM guide_invoice WHERE id = :id""").param("id", id).single(Letter.class));
    }
    // endregion

    @Test
    void nests() {
        assertThat(letter("invoice-1"))
                .isEqualTo(new Letter(
                        "invoice-1",
                        new Address("Bern", 3000),
                        Optional.empty(),
                        new Details("by post", List.of(1, 2)),
                        List.of("urgent")));
    }

    @Test
    void hasManyForms() {
        unitOfWork.run(() -> {
            // region forms
            SqlQuery byCents = queries.sql("SELECT id, cents FROM guide_invoice ORDER BY cents DESC");

            Optional<String> dearest = byCents.first(row -> row.get("id", String.class));
            List<Map<String, Object>> maps = byCents.rows();
            List<Object[]> arrays = byCents.arrays();

            long count = queries.sql("SELECT count(*) FROM guide_invoice").single(Long.class);
            Optional<Long> most =
                    queries.sql("SELECT max(cents) FROM guide_invoice").optional(Long.class);

            long paid = queries.sql("UPDATE guide_invoice SET status = :status WHERE cents < :limit")
                    .param("status", Status.PAID)
                    .param("limit", 200)
                    .execute();
            // endregion
            assertThat(dearest).contains("invoice-2");
            assertThat(maps).startsWith(Map.of("id", "invoice-2", "cents", 250L));
            assertThat(arrays).hasSize(2);
            assertThat(count).isEqualTo(2);
            assertThat(most).contains(250L);
            assertThat(paid).isEqualTo(1);
        });
    }

    @Test
    void givesEntities() {
        unitOfWork.run(() -> {
            // region entities
            List<Invoice> open = queries.sql("SELECT * FROM guide_invoice WHERE details ->> 'note' = :note FOR UPDATE")
                    .param("note", "by post")
                    .list(Invoice.class);
            open.forEach(invoice -> invoice.status = "PAID"); // managed: written at the commit
            // endregion
        });
        assertThat(database.select("SELECT DISTINCT status FROM guide_invoice")).containsExactly("PAID");
    }

    @Test
    void streams() {
        unitOfWork.run(() -> {
            long sum = 0;
            // region stream
            try (Stream<InvoiceRow> all =
                    queries.sql("SELECT id, status, cents, issued_at FROM guide_invoice").stream(InvoiceRow.class)) {
                sum = all.mapToLong(InvoiceRow::cents).sum();
            }
            // endregion
            assertThat(sum).isEqualTo(350);
        });
    }

    @Test
    void answersSeveral() {
        unitOfWork.run(() -> {
            // region all
            QueryAnswers answers = queries.all(
                    queries.sql("SELECT count(*) FROM guide_invoice").named("count"),
                    queries.sql("SELECT id, cents FROM guide_invoice WHERE cents > :cents")
                            .named("dear")
                            .param("cents", 200));

            long count = answers.of("count").single(Long.class);
            List<Map<String, Object>> dear = answers.of("dear").rows();
            // endregion
            assertThat(count).isEqualTo(2);
            assertThat(dear).hasSize(1);
        });
    }

    @Test
    void namesTheMisspeltParameter() {
        assertThatThrownBy(() -> queries.sql("SELECT id FROM guide_invoice WHERE status = :status")
                        .param("statsu", Status.OPEN))
                .isInstanceOf(QueryParameterException.class)
                .hasMessageEndingWith("Did you mean status?");
    }
}
