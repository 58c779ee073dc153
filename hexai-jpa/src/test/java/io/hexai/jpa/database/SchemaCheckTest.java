package io.hexai.jpa.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hexai.jpa.bootstrap.HexaiJpa;
import io.hexai.jpa.database.SchemaDifference.Kind;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.Index;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Table;
import jakarta.persistence.UniqueConstraint;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.hibernate.boot.model.naming.PhysicalNamingStrategySnakeCaseImpl;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SchemaCheckTest {

    private static final String FITTING = """
            CREATE TABLE invoice (id bigint PRIMARY KEY, number varchar(20) NOT NULL UNIQUE, amount numeric(12,2) NOT NULL,
                customer_name varchar(255), issued_at timestamptz NOT NULL, "Odd Name" int NOT NULL, note text);
            CREATE INDEX ON invoice (customer_name, issued_at);
            CREATE SEQUENCE invoice_seq INCREMENT BY 50
            """;

    private static MigrationDatabase database;
    private static EntityManagerFactory factory;

    @BeforeAll
    static void createFactory() {
        database = new MigrationDatabase();
        factory = factory(database, List.of(Invoice.class));
    }

    @AfterAll
    static void drop() {
        factory.close();
        database.close();
    }

    @BeforeEach
    void emptySchema() {
        TableManager.of(database.dataSource()).dropAll();
    }

    private static EntityManagerFactory factory(MigrationDatabase database, List<Class<?>> entities) {
        return new HibernatePersistenceConfiguration("check")
                .managedClasses(entities)
                .property(
                        AvailableSettings.PHYSICAL_NAMING_STRATEGY, PhysicalNamingStrategySnakeCaseImpl.class.getName())
                .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, database.dataSource())
                .createEntityManagerFactory();
    }

    @Nested
    class TheBuiltInEntities {

        @Test
        void matchTheChangelogs() {
            Migrations.runBuiltIn(database.dataSource());
            try (EntityManagerFactory builtIn = factory(database, HexaiJpa.managedClasses())) {
                assertThat(SchemaCheck.of(builtIn).differences()).isEmpty();
            }
        }
    }

    @Nested
    class ADatabaseThatFits {

        @Test
        void hasNoDifferences() {
            database.execute(FITTING);
            assertThat(SchemaCheck.of(factory).differences()).isEmpty();
            SchemaCheck.of(factory).verify();
        }

        @Test
        void mayHoldMoreThanTheMappingAsksFor() {
            database.execute(FITTING.replace("varchar(20)", "text")
                    .replace("numeric(12,2)", "numeric")
                    .replace("note text", "note text, own int NOT NULL DEFAULT 0, other int"));
            assertThat(SchemaCheck.of(factory).differences()).isEmpty();
        }

        @Test
        void isWrittenBackAsHibernateWouldMakeIt() {
            factory.getSchemaManager().create(false);
            assertThat(SchemaCheck.of(factory).differences()).isEmpty();
        }

        @Test
        void mayBeAnotherOne() {
            try (MigrationDatabase other = new MigrationDatabase()) {
                other.execute(FITTING);
                assertThat(SchemaCheck.of(factory).differences(other.dataSource()))
                        .isEmpty();
            }
            assertThat(SchemaCheck.of(factory).differences()).isNotEmpty();
        }
    }

    @Nested
    class ADatabaseThatDoesNotFit {

        @Test
        void isToldWithAllThatDiffers() {
            database.execute("""
                    CREATE TABLE invoice (id int, number varchar(10) NOT NULL, amount numeric(10,3), issued_at timestamp NOT NULL,
                        odd_name int, note text NOT NULL, surprise int NOT NULL);
                    CREATE SEQUENCE invoice_seq INCREMENT BY 1
                    """);

            SchemaMismatchException failure = catchThrowableOfType(
                    SchemaMismatchException.class, () -> SchemaCheck.of(factory).verify());

            assertThat(failure.differences())
                    .extracting(SchemaDifference::toString)
                    .containsExactlyInAnyOrder(
                            "invoice (id): it is integer, and mapped as bigint",
                            "invoice (id): it allows null, which the mapping refuses",
                            "invoice (number): it is varchar(10), and mapped as varchar(20)",
                            "invoice (amount): it is numeric(10,3), and mapped as numeric(12,2)",
                            "invoice (amount): it allows null, which the mapping refuses",
                            "invoice (customer_name): there is no such column; it is mapped as varchar(255)",
                            "invoice (issued_at): it is timestamp, and mapped as timestamptz",
                            "invoice (Odd Name): there is no such column; it is mapped as integer",
                            "invoice (note): it refuses null, which the mapping allows",
                            "invoice (surprise): it must have a value, and no attribute is mapped to it",
                            "invoice (id): the primary key is missing",
                            "invoice (number): the unique constraint is missing",
                            "invoice (customer_name): there is no index that begins with these columns",
                            "invoice_seq: it grows by 1, and the mapping draws 50 numbers at once");
            assertThat(failure.getMessage().lines()).hasSize(15);
        }

        @Test
        void isToldWhenItIsEmpty() {
            assertThat(SchemaCheck.of(factory).differences())
                    .extracting(SchemaDifference::kind, SchemaDifference::relation)
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple(Kind.TABLE, "invoice"),
                            org.assertj.core.groups.Tuple.tuple(Kind.SEQUENCE, "invoice_seq"));
        }

        @Test
        void isNotSavedByAnIndexOfSomeRows() {
            database.execute(FITTING.replace("NOT NULL UNIQUE", "NOT NULL"));
            database.execute("CREATE UNIQUE INDEX ON invoice (number) WHERE note IS NULL");
            assertThat(SchemaCheck.of(factory).differences())
                    .extracting(SchemaDifference::kind)
                    .containsExactly(Kind.UNIQUE);
        }
    }

    @Nested
    class AFactory {

        @Test
        void thatIsClosedCannotBeChecked() {
            EntityManagerFactory closed = factory(database, List.of(Invoice.class));
            closed.close();
            assertThatThrownBy(() -> SchemaCheck.of(closed)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Entity(name = "Invoice")
    @Table(
            name = "invoice",
            uniqueConstraints = @UniqueConstraint(columnNames = "number"),
            indexes = @Index(columnList = "customerName"))
    static class Invoice {
        @Id
        @GeneratedValue
        @SequenceGenerator(sequenceName = "invoice_seq", allocationSize = 50)
        long id;

        @Column(length = 20, nullable = false)
        String number;

        @Column(precision = 12, scale = 2, nullable = false)
        BigDecimal amount;

        String customerName;

        @Column(nullable = false)
        Instant issuedAt;

        @Column(name = "\"Odd Name\"")
        int oddName;

        @Column(columnDefinition = "text default 'none'")
        String note;
    }
}
