package io.hexai.jpa.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.UnitOfWork;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ReadOnlyTest extends TicketTests {

    @Nested
    class WithoutValidation {

        @Test
        void changesOfAttributesAreNotWritten() {
            insert("a");
            unitOfWork.run(em -> {
                Ticket ticket = tickets.readOnly().get("a");
                ticket.status = "changed";
                ticket.details.put("x", List.of());

                assertThat(em.unwrap(Session.class).isReadOnly(ticket)).isTrue();
                assertThat(unitOfWork.current().changes().isEmpty()).isTrue();
            });
            assertThat(value("status || details", "a")).isEqualTo("open{}");
        }

        @Test
        void everyWayOfFetchingIsReadOnly() {
            insert("a", "b", "c", "d");
            unitOfWork.run(em -> {
                EntityReader<Ticket, String> readOnly = tickets.readOnly();
                assertThat(readOnly.find("a").stream()).allMatch(em.unwrap(Session.class)::isReadOnly);
                assertThat(readOnly.findAll(List.of("b"))).allMatch(em.unwrap(Session.class)::isReadOnly);
                assertThat(readOnly.list()).hasSize(4).allMatch(em.unwrap(Session.class)::isReadOnly);
            });
        }

        @Test
        void whatWasFetchedForChangeStaysSo() {
            insert("a");
            unitOfWork.run(() -> {
                Ticket ticket = tickets.get("a");
                assertThat(tickets.readOnly().get("a")).isSameAs(ticket);
                assertThat(tickets.readOnly().list()).containsExactly(ticket);
                assertThat(tickets.readOnly().findAll(List.of("a"))).containsExactly(ticket);
                ticket.status = "changed";
            });
            assertThat(value("status", "a")).isEqualTo("changed");
        }

        @Test
        void whatIsFetchedForUpdateBecomesChangeable() {
            becomesChangeable("priority = 0", () -> tickets.forUpdate().get("a"));
            becomesChangeable("priority = 0", () -> tickets.forUpdate().list());
            becomesChangeable("priority = 0", () -> tickets.forUpdate().findAll(List.of("a")));
        }

        @Test
        void whatIsFetchedForChangeBecomesChangeable() {
            becomesChangeable("priority = 5, version = version + 1", () -> tickets.get("a"));
            becomesChangeable("priority = 5, version = version + 1", () -> tickets.list());
        }

        private void becomesChangeable(String changeElsewhere, Runnable fetch) {
            database.execute("DELETE FROM ticket");
            insert("a");
            unitOfWork.run(() -> {
                Ticket ticket = tickets.readOnly().get("a");
                ticket.priority = 99;
                database.execute("UPDATE ticket SET " + changeElsewhere);
                Object priority = value("priority", "a");

                fetch.run();

                assertThat(ticket.priority).isEqualTo(priority);
                ticket.status = "changed";
            });
            assertThat((String) value("status || priority", "a"))
                    .startsWith("changed")
                    .doesNotContain("99");
        }

        @Test
        void aReadOnlyUnitKeepsItReadOnly() {
            insert("a");
            unitOfWork.with(o -> o.withReadOnly(true)).run(em -> {
                Ticket ticket = tickets.get("a");
                assertThat(em.unwrap(Session.class).isReadOnly(ticket)).isTrue();
            });
        }
    }

    @Nested
    class WithValidation {

        private static TestFactory validating;

        @BeforeAll
        static void startValidating() {
            validating = TestFactory.of(
                    Map.of(EntityRepository.VALIDATE_IMMUTABILITY, "true"), Ticket.class, Remark.class, Seat.class);
        }

        @AfterAll
        static void stopValidating() {
            validating.close();
        }

        @BeforeEach
        void useValidating() {
            validating.execute("TRUNCATE ticket, ticket_tags, remark, seat");
            use(UnitOfWork.of(validating.factory()));
            unitOfWork.run(() -> {
                Ticket ticket = new Ticket("a");
                ticket.tags.add("first");
                ticket.remark("first");
                tickets.add(ticket);
            });
        }

        @Test
        void aChangeFailsTheFlushAndIsNamed() {
            failsNaming("status", ticket -> ticket.status = "changed");
            failsNaming("place", ticket -> ticket.place.street = "Main Street");
            failsNaming("details", ticket -> ticket.details.put("x", List.of("y")));
            failsNaming("tags", ticket -> ticket.tags.add("second"));
            failsNaming("remarks", ticket -> ticket.remark("second"));
            failsNaming("remarks", ticket -> ticket.remarks.clear());
        }

        private void failsNaming(String attribute, Consumer<Ticket> change) {
            assertThatThrownBy(() -> unitOfWork.run(
                            () -> change.accept(tickets.readOnly().get("a"))))
                    .isInstanceOfSatisfying(ImmutableEntityModifiedException.class, modified -> {
                        assertThat(modified.entityName()).isEqualTo("Ticket");
                        assertThat(modified.id()).isEqualTo("a");
                        assertThat(modified.attributes()).containsExactly(attribute);
                    })
                    .hasMessageContaining("Ticket a")
                    .hasMessageContaining(attribute);
            assertThat(validating.select("SELECT version FROM ticket")).containsExactly(0);
            assertThat(validating.select("SELECT text FROM remark")).containsExactly("first");
        }

        @Test
        void aRemovalFailsTheFlush() {
            assertThatThrownBy(() -> unitOfWork.run(
                            () -> tickets.remove(tickets.readOnly().get("a"))))
                    .isInstanceOf(ImmutableEntityModifiedException.class)
                    .hasMessageContaining("removed");
        }

        @Test
        void aChangeFailsByWhateverWayItWasFetched() {
            fails(() -> tickets.readOnly().list().get(0).status = "changed");
            fails(() -> tickets.readOnly().findAll(List.of("a")).get(0).status = "changed");
            fails(() -> tickets.readOnly().findOne().orElseThrow().status = "changed");
        }

        @Test
        void aChangeFailsInOptimisticModeToo() {
            assertThatThrownBy(() -> unitOfWork
                            .with(TransactionOptions.optimistic())
                            .run(() -> tickets.readOnly().get("a").status = "changed"))
                    .isInstanceOf(ImmutableEntityModifiedException.class);
        }

        @Test
        void aChangeFailsAfterANestedRollbackToo() {
            fails(() -> {
                Ticket ticket = tickets.readOnly().get("a");
                unitOfWork
                        .with(Propagation.NESTED)
                        .run(() -> unitOfWork.current().preventCommit());
                ticket.status = "changed";
            });
        }

        @Test
        void nothingFailsWithoutAChange() {
            unitOfWork.run(em -> {
                Ticket ticket = tickets.readOnly().get("a");
                assertThat(ticket.tags).hasSize(1);
                ticket.status = "changed";
                ticket.status = "open";
                em.flush();
            });
        }

        @Test
        void whatWasFetchedForChangeStaysSo() {
            unitOfWork.run(() -> {
                Ticket ticket = tickets.get("a");
                tickets.readOnly().get("a");
                tickets.readOnly().list();
                ticket.status = "changed";
            });
            assertThat(validating.select("SELECT status FROM ticket")).containsExactly("changed");
        }

        @Test
        void whatIsFetchedForUpdateBecomesChangeable() {
            unitOfWork.run(() -> {
                Ticket ticket = tickets.readOnly().get("a");
                assertThat(tickets.forUpdate().get("a")).isSameAs(ticket);
                ticket.status = "changed";
            });
            assertThat(validating.select("SELECT status FROM ticket")).containsExactly("changed");
        }

        @Test
        void aChangeMadeBeforeThatIsNotHidden() {
            fails(() -> {
                tickets.readOnly().get("a").status = "changed";
                unitOfWork.with(TransactionOptions.defaults()).run(() -> tickets.get("a"));
            });
        }

        @Test
        void whatIsLoadedLaterIsNotReadOnly() {
            unitOfWork.run(() -> tickets.readOnly().get("a").remarks.get(0).text = "changed");

            assertThat(validating.select("SELECT text FROM remark")).containsExactly("changed");
        }

        private void fails(Runnable work) {
            assertThatThrownBy(() -> unitOfWork.run(work::run)).isInstanceOf(ImmutableEntityModifiedException.class);
            assertThat(validating.select("SELECT status FROM ticket")).containsExactly("open");
        }
    }
}
