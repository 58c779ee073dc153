package io.hexai.jpa.test;

import static io.hexai.jpa.test.Fixtures.failures;
import static io.hexai.jpa.test.Fixtures.requireAllGreen;
import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.bootstrap.HexaiJpa;
import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.database.TableManager;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventType;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManagerFactory;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Launches the classes at its end, which the build does not run by themselves. */
class PostgresTestTest {

    /** What the fixture classes saw; each test of this class reads what its own fixture wrote. */
    private static final Queue<String> SEEN = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void forget() {
        SEEN.clear();
    }

    @Nested
    class ADatabaseForTheClass {

        @Test
        void isMigratedAndHasEveryPartInjected() {
            requireAllGreen(Fixtures.run(EveryPart.class), 2);
        }

        @Test
        void isGoneAfterwards() {
            requireAllGreen(Fixtures.run(EveryPart.class), 2);

            assertThat(SEEN).isNotEmpty();
            assertThat(SharedServer.databases()).doesNotContainAnyElementsOf(SEEN);
        }

        @Test
        void isTheSameForAllOfItsTestsAndNestedOnes() {
            requireAllGreen(Fixtures.run(Outer.class), 3);

            assertThat(SEEN).hasSize(3);
            assertThat(Set.copyOf(SEEN)).hasSize(1);
        }

        @Test
        void isReplacedWhereANestedClassHasAnAnnotationOfItsOwn() {
            requireAllGreen(Fixtures.run(OuterOfAnother.class), 2);

            assertThat(Set.copyOf(SEEN)).hasSize(2);
        }

        @Test
        void servesAnInstancePerClassFromItsConstructorOn() {
            requireAllGreen(Fixtures.run(OneInstance.class), 1);
        }

        @Test
        void comesWithAnInheritedAndAComposedAnnotation() {
            requireAllGreen(Fixtures.run(Inheriting.class, Composed.class), 2);
        }

        @Test
        void isMadeByChangelogsWhereThereAreAny() {
            requireAllGreen(Fixtures.run(ByChangelog.class), 1);
        }

        @Test
        void isEmptyWithoutTheLibrarysTables() {
            requireAllGreen(Fixtures.run(WithoutBuiltIn.class), 1);
        }
    }

    @Nested
    class AnEventStore {

        @Test
        void knowsTheEventsNamedAndThoseBelowSealedTypes() {
            requireAllGreen(Fixtures.run(WithEvents.class), 1);
        }

        @Test
        void isRefusedWithoutTheLibrarysTables() {
            assertThat(failures(Fixtures.run(EventStoreWithoutTable.class)))
                    .singleElement()
                    .isInstanceOf(ParameterResolutionException.class)
                    .extracting(Throwable::getMessage)
                    .asString()
                    .contains("has no EventStore");
        }
    }

    @Nested
    class ADatabaseForEachTest {

        @Test
        void isAnotherOneForEveryTestAndTheSameInConstructorAndLifecycleMethods() {
            requireAllGreen(Fixtures.run(PerMethod.class), 6);

            assertThat(SEEN).hasSize(6);
            assertThat(Set.copyOf(SEEN)).hasSize(6);
            assertThat(SharedServer.databases()).doesNotContainAnyElementsOf(SEEN);
        }

        @Test
        void letsTestsOfAClassRunInParallel() {
            requireAllGreen(Fixtures.runInParallel(InParallel.class), 4);
        }

        @Test
        void cannotBeHadOutsideOfTests() {
            assertThat(failures(Fixtures.run(PerMethodInBeforeAll.class)))
                    .singleElement()
                    .isInstanceOf(ParameterResolutionException.class)
                    .extracting(Throwable::getMessage)
                    .asString()
                    .contains("CLONE_PER_METHOD", "@BeforeEach");
        }
    }

    @Nested
    class EmptiedTables {

        @Test
        void hideTheRowsOfOtherTests() {
            requireAllGreen(Fixtures.run(Truncated.class), 3);
        }

        @Test
        void areRefusedToTestsThatRunInParallel() {
            List<Throwable> failures = failures(Fixtures.runInParallel(TruncatedInParallel.class));

            assertThat(failures)
                    .singleElement()
                    .isInstanceOf(ExtensionConfigurationException.class)
                    .extracting(Throwable::getMessage)
                    .asString()
                    .contains("TRUNCATE", "SAME_THREAD");
        }
    }

    @Nested
    class RolledBackTests {

        @Test
        void areRefusedWhatNeedsCommits() {
            assertThat(failures(Fixtures.run(RolledBack.class)))
                    .hasSize(2)
                    .allSatisfy(failure -> assertThat(failure)
                            .isInstanceOf(ParameterResolutionException.class)
                            .hasMessageContaining("isolation ROLLBACK, in which nothing is committed")
                            .hasMessageContaining("CLONE_PER_CLASS"));
        }
    }

    @Nested
    class ClassesInParallel {

        @Test
        void haveDatabasesOfTheirOwn() {
            requireAllGreen(
                    Fixtures.runInParallel(
                            Parallel.First.class, Parallel.Second.class, Parallel.Third.class, Parallel.Fourth.class),
                    4);

            assertThat(Set.copyOf(SEEN)).hasSize(4);
        }
    }

    @Nested
    class Misuse {

        @Test
        void ofTheAnnotationIsNamedBeforeAnyTestRuns() {
            var results = Fixtures.run(WrongDeclaration.class);

            assertThat(results.testEvents().started().count()).isZero();
            assertThat(failures(results))
                    .singleElement()
                    .isInstanceOf(ExtensionConfigurationException.class)
                    .extracting(Throwable::getMessage)
                    .asString()
                    .contains(
                            "java.lang.String is no @Entity",
                            "java.lang.Integer",
                            "own tables",
                            "no changelog 'classpath:nowhere.xml'",
                            "no changelog ''");
        }

        @Test
        void ofAParameterOfAnotherTypeIsLeftToOtherExtensions() {
            assertThat(failures(Fixtures.run(ForeignParameter.class)))
                    .singleElement()
                    .isInstanceOf(ParameterResolutionException.class)
                    .extracting(Throwable::getMessage)
                    .asString()
                    .contains("No ParameterResolver registered");
        }

        @Test
        void ofABrokenChangelogFailsTheClassOnce() {
            var results = Fixtures.run(BrokenChangelog.class);

            assertThat(results.testEvents().started().count()).isZero();
            assertThat(failures(results))
                    .singleElement()
                    .extracting(Throwable::getMessage)
                    .asString()
                    .contains("broken");
        }
    }

    @PostgresTest(entities = Note.class)
    static class EveryPart {

        private static DataSource ofClass;
        private static Connection earlier;

        private final UnitOfWork unitOfWork;

        EveryPart(UnitOfWork unitOfWork) {
            this.unitOfWork = unitOfWork;
        }

        @BeforeAll
        static void take(DataSource dataSource) {
            ofClass = dataSource;
        }

        @Test
        void connectsAllPartsToOneDatabase(
                DataSource dataSource,
                Connection connection,
                EntityManagerFactory factory,
                UnitOfWork sameUnitOfWork,
                TableManager tables,
                PostgresConfig config,
                HexaiJpa hexaiJpa)
                throws SQLException {
            assertThat(dataSource).isSameAs(ofClass).isSameAs(hexaiJpa.dataSource());
            assertThat(sameUnitOfWork).isSameAs(unitOfWork).isSameAs(hexaiJpa.unitOfWork());
            assertThat(factory).isSameAs(hexaiJpa.entityManagerFactory());
            assertThat(connection.getCatalog()).isEqualTo(config.database());
            assertThat(tables.names()).contains("note", "hexai__events");

            unitOfWork.run(em -> em.persist(new Note(1, "kept")));

            assertThat(SharedServer.select(config, "SELECT long_text FROM note"))
                    .containsExactly("kept");
            SEEN.add(config.database());
            requireClosedIfGiven(earlier);
            earlier = connection;
        }

        @Test
        void closesConnectionsWithTheTest(Connection connection) throws SQLException {
            assertThat(connection.isValid(5)).isTrue();
            requireClosedIfGiven(earlier);
            earlier = connection;
        }

        @AfterAll
        static void allConnectionsAreClosed() throws SQLException {
            requireClosedIfGiven(earlier);
        }

        private static void requireClosedIfGiven(Connection connection) throws SQLException {
            if (connection != null) {
                assertThat(connection.isClosed()).isTrue();
            }
        }
    }

    @PostgresTest
    static class Outer {

        @Test
        void first(PostgresConfig config) {
            SEEN.add(config.database());
        }

        @Test
        void second(PostgresConfig config) {
            SEEN.add(config.database());
        }

        @Nested
        class Inner {
            @Test
            void third(PostgresConfig config) {
                SEEN.add(config.database());
            }
        }
    }

    @PostgresTest
    static class OuterOfAnother {

        @Test
        void outer(PostgresConfig config) {
            SEEN.add(config.database());
        }

        @Nested
        @PostgresTest(entities = Note.class)
        class Inner {
            @Test
            void inner(PostgresConfig config, TableManager tables) {
                assertThat(tables.exists("note")).isTrue();
                SEEN.add(config.database());
            }
        }
    }

    @PostgresTest
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class OneInstance {

        private final PostgresConfig config;

        OneInstance(PostgresConfig config) {
            this.config = config;
        }

        @Test
        void isOnTheDatabaseOfTheConstructor(Connection connection) throws SQLException {
            assertThat(connection.getCatalog()).isEqualTo(config.database());
        }
    }

    @PostgresTest(entities = Note.class)
    abstract static class Base {}

    static class Inheriting extends Base {
        @Test
        void hasTheDatabase(TableManager tables) {
            assertThat(tables.exists("note")).isTrue();
        }
    }

    @Retention(RetentionPolicy.RUNTIME)
    @PostgresTest(entities = Note.class)
    @interface NotesTest {}

    @NotesTest
    static class Composed {
        @Test
        void hasTheDatabase(TableManager tables) {
            assertThat(tables.exists("note")).isTrue();
        }
    }

    @PostgresTest(entities = Note.class, changelog = "classpath:changelog/notes.xml")
    static class ByChangelog {
        @Test
        void hasTheChangelogsTableAndTheLibrarys(UnitOfWork unitOfWork, PostgresConfig config, TableManager tables) {
            unitOfWork.run(em -> em.persist(new Note(1, "text")));

            assertThat(SharedServer.select(config, "SELECT made_by FROM note")).containsExactly("changelog");
            assertThat(tables.exists("hexai__events")).isTrue();
        }
    }

    @EventType("test.noted")
    record Noted(long id) implements NoteEvent {}

    sealed interface NoteEvent {}

    @PostgresTest(events = NoteEvent.class)
    static class WithEvents {
        @Test
        void storesEvents(EventStore store, UnitOfWork unitOfWork) {
            unitOfWork.run(() -> {
                store.store(new Noted(1));
            });

            assertThat(store.fetch(0, 10).events())
                    .singleElement()
                    .extracting(event -> event.payload())
                    .isEqualTo(new Noted(1));
        }
    }

    @PostgresTest(builtIn = false)
    static class EventStoreWithoutTable {
        @Test
        void cannotBeHad(EventStore store) {}
    }

    @PostgresTest(builtIn = false)
    static class WithoutBuiltIn {
        @Test
        void hasNoTables(TableManager tables) {
            assertThat(tables.names()).isEmpty();
        }
    }

    @PostgresTest(entities = Note.class, isolation = TestIsolation.CLONE_PER_METHOD)
    static class PerMethod {

        private final PostgresConfig config;

        PerMethod(PostgresConfig config) {
            this.config = config;
        }

        @BeforeEach
        void isTheSameBefore(PostgresConfig before, UnitOfWork unitOfWork) {
            assertThat(before).isEqualTo(config);
            unitOfWork.run(em -> em.persist(new Note(1, "one row")));
        }

        @AfterEach
        void isTheSameAfter(Connection connection) throws SQLException {
            assertThat(connection.getCatalog()).isEqualTo(config.database());
        }

        @Test
        void once(UnitOfWork unitOfWork) {
            look(unitOfWork);
        }

        @RepeatedTest(2)
        void again(UnitOfWork unitOfWork) {
            look(unitOfWork);
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 2})
        void withArguments(int number, UnitOfWork unitOfWork) {
            look(unitOfWork);
        }

        @Nested
        class Inside {
            @Test
            void nested(PostgresConfig inner, UnitOfWork unitOfWork) {
                assertThat(inner).isEqualTo(config);
                look(unitOfWork);
            }
        }

        private void look(UnitOfWork unitOfWork) {
            SEEN.add(config.database());
            assertThat(unitOfWork.<List<Note>, RuntimeException>call(
                            em -> em.createQuery("from Note", Note.class).getResultList()))
                    .hasSize(1);
        }
    }

    @PostgresTest(entities = Note.class, isolation = TestIsolation.CLONE_PER_METHOD)
    static class InParallel {
        @RepeatedTest(4)
        void isAlone(UnitOfWork unitOfWork) {
            unitOfWork.run(em -> em.persist(new Note(1, "the only one")));
        }
    }

    @PostgresTest(isolation = TestIsolation.CLONE_PER_METHOD)
    static class PerMethodInBeforeAll {
        @BeforeAll
        static void tooEarly(DataSource dataSource) {}

        @Test
        void doesNotRun() {}
    }

    @PostgresTest(entities = Note.class, isolation = TestIsolation.TRUNCATE)
    static class Truncated {
        @RepeatedTest(3)
        void findsNoRowAndKeepsTheLedgers(UnitOfWork unitOfWork, PostgresConfig config) {
            assertThat(SharedServer.select(config, "SELECT count(*) FROM note")).containsExactly("0");
            assertThat(SharedServer.select(config, "SELECT count(*) > 0 FROM databasechangelog"))
                    .containsExactly("t");
            unitOfWork.run(em -> em.persist(new Note(1, "row")));
        }
    }

    @PostgresTest(isolation = TestIsolation.ROLLBACK)
    static class RolledBack {
        @Test
        void cannotHaveSubscriptions(Subscriptions subscriptions) {}

        @Test
        void cannotHaveSessions(TwoSessions sessions) {}
    }

    @PostgresTest(isolation = TestIsolation.TRUNCATE)
    @ExtendWith(MeetTheOther.class)
    static class TruncatedInParallel {
        @RepeatedTest(2)
        void overlaps() {}
    }

    /** Holds the first test until the second has been refused. */
    static final class MeetTheOther implements AfterEachCallback {

        private static final CyclicBarrier ENDING = new CyclicBarrier(2);

        @Override
        public void afterEach(ExtensionContext context) throws Exception {
            ENDING.await(1, TimeUnit.MINUTES);
        }
    }

    static class Parallel {
        @PostgresTest(entities = Note.class)
        abstract static class Case {
            @Test
            void writesARow(UnitOfWork unitOfWork, PostgresConfig config) {
                SEEN.add(config.database());
                unitOfWork.run(em -> em.persist(new Note(1, "mine")));
            }
        }

        static class First extends Case {}

        static class Second extends Case {}

        static class Third extends Case {}

        static class Fourth extends Case {}
    }

    @PostgresTest(
            entities = String.class,
            events = Integer.class,
            builtIn = false,
            changelog = {"classpath:nowhere.xml", ""})
    static class WrongDeclaration {
        @Test
        void doesNotRun() {}
    }

    @PostgresTest
    static class ForeignParameter {
        @Test
        void wantsWhatNobodyHas(Statement statement) {}
    }

    @PostgresTest(changelog = "classpath:changelog/broken.xml")
    static class BrokenChangelog {
        @Test
        void doesNotRun() {}
    }
}
