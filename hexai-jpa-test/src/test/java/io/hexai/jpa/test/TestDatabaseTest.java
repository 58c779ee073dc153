package io.hexai.jpa.test;

import static io.hexai.jpa.test.Fixtures.failures;
import static io.hexai.jpa.test.Fixtures.requireAllGreen;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.database.TableManager;
import io.hexai.jpa.transaction.UnitOfWork;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.RegisterExtension;

class TestDatabaseTest {

    private static final Queue<String> SEEN = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void forget() {
        SEEN.clear();
    }

    @Nested
    class SeveralDatabases {

        @Test
        void areToldApartByTheirNames() {
            requireAllGreen(Fixtures.run(Two.class), 2);

            assertThat(SharedServer.databases()).doesNotContainAnyElementsOf(SEEN);
        }

        @Test
        void standBesideTheAnnotationsOwn() {
            requireAllGreen(Fixtures.run(BesideTheAnnotation.class), 1);
        }

        @Test
        void leaveAParameterAmbiguousThatDoesNotSayWhich() {
            assertThat(messages(Ambiguous.class))
                    .containsExactly(
                            "Parameter 'javax.sql.DataSource dataSource' could come from several databases: 'billing', 'orders'."
                                    + " Say which with @FromDatabase.");
        }
    }

    @Nested
    class OneDatabase {

        @Test
        void needsNoQualifier() {
            requireAllGreen(Fixtures.run(One.class), 2);
        }

        @Test
        void servesTestsFromAnInstanceFieldToo() {
            requireAllGreen(Fixtures.run(InAnInstanceField.class), 2);

            assertThat(SEEN).hasSize(2);
            assertThat(Set.copyOf(SEEN)).hasSize(1);
        }

        @Test
        void isAnotherOneForEachTestIfSoIsolated() {
            requireAllGreen(Fixtures.run(PerMethod.class), 2);

            assertThat(Set.copyOf(SEEN)).hasSize(2);
        }
    }

    @Nested
    class Misuse {

        @Test
        void namesTheDatabasesThereAreWhenAnotherIsAskedFor() {
            assertThat(messages(UnknownName.class))
                    .singleElement()
                    .asString()
                    .contains("the database 'order'", "declared are: 'orders'");
        }

        @Test
        void namesTheTypesThereAreWhenAnotherIsAskedFor() {
            assertThat(messages(UnknownType.class))
                    .singleElement()
                    .asString()
                    .contains("java.lang.String", "DataSource", "UnitOfWork");
        }

        @Test
        void refusesTwoDatabasesOfOneName() {
            assertThat(failures(Fixtures.run(SameName.class)))
                    .singleElement()
                    .isInstanceOf(ExtensionConfigurationException.class)
                    .extracting(Throwable::getMessage)
                    .asString()
                    .contains("Two databases are named 'orders'");
        }

        @Test
        void refusesABlankName() {
            assertThatThrownBy(() -> TestDatabase.named(" ")).isInstanceOf(ExtensionConfigurationException.class);
        }
    }

    private static List<String> messages(Class<?> fixture) {
        return failures(Fixtures.run(fixture)).stream()
                .map(failure -> {
                    assertThat(failure).isInstanceOf(ParameterResolutionException.class);
                    return failure.getCause() == null
                            ? failure.getMessage()
                            : failure.getCause().getMessage();
                })
                .toList();
    }

    static class Two {

        @RegisterExtension
        static final TestDatabase ORDERS = TestDatabase.named("orders").entities(Note.class);

        @RegisterExtension
        static final TestDatabase BILLING = TestDatabase.named("billing")
                .changelog("classpath:changelog/notes.xml")
                .withoutBuiltIn();

        @Test
        void haveSchemasOfTheirOwn(
                @FromDatabase("orders") TableManager orders, @FromDatabase("billing") TableManager billing) {
            assertThat(orders.names()).contains("note", "hexai__events");
            assertThat(billing.names()).contains("note").doesNotContain("hexai__events");
        }

        @Nested
        class Inside {
            @Test
            void areSeenByNestedClasses(
                    @FromDatabase("orders") PostgresConfig orders, @FromDatabase("billing") PostgresConfig billing) {
                SEEN.addAll(List.of(orders.database(), billing.database()));
                assertThat(orders.database()).isNotEqualTo(billing.database());
            }
        }
    }

    @PostgresTest(entities = Note.class)
    static class BesideTheAnnotation {

        @RegisterExtension
        static final TestDatabase BILLING = TestDatabase.named("billing");

        @Test
        void theUnqualifiedOneIsTheAnnotations(TableManager main, @FromDatabase("billing") TableManager billing) {
            assertThat(main.exists("note")).isTrue();
            assertThat(billing.exists("note")).isFalse();
        }
    }

    static class Ambiguous {

        @RegisterExtension
        static final TestDatabase BILLING = TestDatabase.named("billing");

        @RegisterExtension
        static final TestDatabase ORDERS = TestDatabase.named("orders");

        @Test
        void doesNotSayWhich(DataSource dataSource) {}
    }

    static class One {

        @RegisterExtension
        static final TestDatabase ORDERS =
                TestDatabase.named("orders").entities(Note.class).isolation(TestIsolation.TRUNCATE);

        @RepeatedTest(2)
        void isEmptiedBeforeEachTest(UnitOfWork unitOfWork) {
            unitOfWork.run(em -> em.persist(new Note(1, "the only one")));
        }
    }

    static class InAnInstanceField {

        @RegisterExtension
        final TestDatabase orders = TestDatabase.named("orders");

        @RepeatedTest(2)
        void isOneForTheClass(PostgresConfig config) {
            SEEN.add(config.database());
        }
    }

    static class PerMethod {

        @RegisterExtension
        static final TestDatabase ORDERS = TestDatabase.named("orders").isolation(TestIsolation.CLONE_PER_METHOD);

        @RepeatedTest(2)
        void isAlone(PostgresConfig config) {
            SEEN.add(config.database());
        }
    }

    static class UnknownName {

        @RegisterExtension
        static final TestDatabase ORDERS = TestDatabase.named("orders");

        @Test
        void asksForAnother(@FromDatabase("order") DataSource dataSource) {}
    }

    static class UnknownType {

        @RegisterExtension
        static final TestDatabase ORDERS = TestDatabase.named("orders");

        @Test
        void asksForAnother(@FromDatabase("orders") String text) {}
    }

    static class SameName {

        @RegisterExtension
        static final TestDatabase FIRST = TestDatabase.named("orders");

        @RegisterExtension
        static final TestDatabase SECOND = TestDatabase.named("orders").entities(Note.class);

        @Test
        void doesNotRun() {}
    }
}
