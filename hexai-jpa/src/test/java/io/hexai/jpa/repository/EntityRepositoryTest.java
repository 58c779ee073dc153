package io.hexai.jpa.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.transaction.NoActiveTransactionException;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.RetryPolicy;
import io.hexai.jpa.transaction.TransactionOptions;
import jakarta.persistence.EntityExistsException;
import jakarta.persistence.EntityNotFoundException;
import jakarta.persistence.NonUniqueResultException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.query.KeyedPage;
import org.hibernate.query.KeyedResultList;
import org.hibernate.query.Order;
import org.hibernate.query.Page;
import org.hibernate.query.range.Range;
import org.hibernate.query.restriction.Path;
import org.hibernate.query.restriction.Restriction;
import org.hibernate.query.specification.SelectionSpecification;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class EntityRepositoryTest extends TicketTests {

    @Nested
    class Found {

        @Test
        void byIdentifierIsTheSameInstanceEachTime() {
            insert("a");
            unitOfWork.run(em -> {
                Ticket ticket = tickets.get("a");

                assertThat(tickets.find("a")).containsSame(ticket);
                assertThat(em.find(Ticket.class, "a")).isSameAs(ticket);
                assertThat(tickets.list()).containsExactly(ticket);
                assertThat(tickets.findAll(List.of("a"))).containsExactly(ticket);
                assertThat(tickets.readOnly().get("a")).isSameAs(ticket);
                assertThat(tickets.forUpdate().get("a")).isSameAs(ticket);
                assertThat(EntityRepository.of(unitOfWork, Ticket.class, String.class)
                                .get("a"))
                        .isSameAs(ticket);
            });
        }

        @Test
        void byIdentifierMayBeNobody() {
            unitOfWork.run(() -> {
                assertThat(tickets.find("x")).isEmpty();
                assertThatThrownBy(() -> tickets.get("x"))
                        .isInstanceOf(EntityNotFoundException.class)
                        .hasMessageContaining("Ticket x");
            });
        }

        @Test
        void isNobodyThatWasRemoved() {
            insert("a");
            unitOfWork.run(() -> {
                tickets.remove(tickets.get("a"));

                assertThat(tickets.find("a")).isEmpty();
                assertThat(tickets.forUpdate().find("a")).isEmpty();
                assertThat(tickets.findAll(List.of("a"))).isEmpty();
                assertThat(tickets.exists("a")).isFalse();
                assertThat(tickets.count()).isZero();
            });
        }

        @Test
        void keepsWhatIsInMemory() {
            insert("a");
            unitOfWork.run(() -> {
                tickets.get("a").status = "changed";

                assertThat(tickets.list()).extracting(found -> found.status).containsExactly("changed");
            });
            assertThat(value("status", "a")).isEqualTo("changed");
        }

        @Test
        void isWrittenOnlyIfChanged() {
            insert("a", "b");
            unitOfWork.run(() -> {
                tickets.get("a");
                tickets.get("b").status = "changed";
            });
            assertThat(database.select("SELECT id || version FROM ticket ORDER BY id"))
                    .containsExactly("a0", "b1");
        }
    }

    @Nested
    class AllByIdentifiers {

        @Test
        void comeInTheirOrderEachOnceWithoutThoseThatAreMissing() {
            insert("a", "b", "c");
            unitOfWork.run(() -> assertThat(tickets.findAll(List.of("c", "x", "a", "c", "b")))
                    .extracting(found -> found.id)
                    .containsExactly("c", "a", "b"));
        }

        @Test
        void comeWithOneSelectInThousands() {
            unitOfWork.run(em -> IntStream.range(0, 3_000).forEach(i -> em.persist(new Ticket("t" + i))));
            List<String> ids = new ArrayList<>(
                    IntStream.range(0, 40_000).mapToObj(i -> "t" + i).toList());
            Collections.reverse(ids);
            STATEMENTS.clear();

            unitOfWork.run(() -> assertThat(tickets.findAll(ids))
                    .extracting(found -> found.id)
                    .hasSize(3_000)
                    .startsWith("t2999", "t2998"));

            assertThat(STATEMENTS).hasSize(1);
        }

        @Test
        void mayBeComposite() {
            List<Seat.Number> numbers = IntStream.range(0, 2_000)
                    .mapToObj(i -> new Seat.Number("r" + i % 7, i))
                    .toList();
            unitOfWork.run(() -> numbers.forEach(number -> seats.add(new Seat(number))));
            STATEMENTS.clear();

            unitOfWork.run(() -> assertThat(seats.findAll(numbers))
                    .extracting(seat -> seat.number)
                    .isEqualTo(numbers));

            assertThat(STATEMENTS).hasSize(1);
        }

        @Test
        void areThoseThatWereAddedToo() {
            unitOfWork.run(() -> {
                Ticket added = new Ticket("a");
                tickets.add(added);

                assertThat(tickets.findAll(List.of("a"))).containsExactly(added);
            });
        }

        @Test
        void asksNothingForNone() {
            unitOfWork.run(() -> assertThat(tickets.findAll(List.of())).isEmpty());

            assertThat(STATEMENTS).isEmpty();
        }
    }

    @Nested
    class Lists {

        @Test
        void meetAllRestrictions() {
            insertWithPriorities(1, 2, 3);
            unitOfWork.run(() -> {
                assertThat(ids(tickets.list(priority(2)))).containsExactly("t2");
                assertThat(ids(tickets.list(priority(2), priority(3)))).isEmpty();
                assertThat(tickets.list()).hasSize(3);
                assertThat(tickets.findOne(priority(2))).map(found -> found.id).contains("t2");
                assertThat(tickets.findOne(priority(9))).isEmpty();
                assertThatThrownBy(() -> unitOfWork.with(Propagation.NESTED).run(() -> tickets.findOne()))
                        .isInstanceOf(NonUniqueResultException.class);
            });
        }

        @Test
        void haveAnOrderAndPages() {
            insertWithPriorities(1, 2, 3, 4, 5);
            unitOfWork.run(() -> {
                assertThat(ids(tickets.list(downwards()))).containsExactly("t5", "t4", "t3", "t2", "t1");
                assertThat(ids(tickets.list(Page.page(2, 1), downwards()))).containsExactly("t3", "t2");
                assertThat(ids(tickets.list(Page.page(2, 1), selection().sort(downwards()))))
                        .containsExactly("t3", "t2");
            });
        }

        @Test
        void haveKeyedPagesThatNeitherRepeatNorSkip() {
            insertWithPriorities(1, 2, 3, 4, 5);
            unitOfWork.run(() -> {
                KeyedPage<Ticket> first = Page.first(2).keyedBy(downwards());
                KeyedResultList<Ticket> page = tickets.list(first, restriction(Range.greaterThan(1)));
                assertThat(ids(page.getResultList())).containsExactly("t5", "t4");
                database.execute("DELETE FROM ticket WHERE id = 't5'");

                page = tickets.list(page.getNextPage(), restriction(Range.greaterThan(1)));

                assertThat(ids(page.getResultList())).containsExactly("t3", "t2");
                assertThat(page.isLastPage()).isTrue();
            });
        }

        @Test
        void haveKeyedPagesAlsoWhereTheOrderLeavesTies() {
            insertWithPriorities(1, 2, 3, 4, 5);
            unitOfWork.run(() -> tickets.list().forEach(ticket -> ticket.priority = 7));
            unitOfWork.run(() -> {
                List<String> seen = new ArrayList<>();
                KeyedPage<Ticket> next = Page.first(2).keyedBy(downwards());
                while (next != null) {
                    KeyedResultList<Ticket> page = tickets.list(next);
                    seen.addAll(ids(page.getResultList()));
                    next = page.isLastPage() ? null : page.getNextPage();
                }
                assertThat(seen).containsExactly("t1", "t2", "t3", "t4", "t5");
            });
        }

        @Test
        void haveNoKeyedPagesByWhatMayBeNull() {
            unitOfWork.run(() -> assertThatThrownBy(
                            () -> tickets.list(Page.first(2).keyedBy(Order.asc(Ticket.class, "status"))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'status' of Ticket may be null")
                    .hasMessageContaining("nullable = false"));
        }

        @Test
        void haveNoKeyedPagesRegardlessOfCase() {
            Order<Ticket> regardless = Order.asc(Ticket.class, "id").ignoringCase();
            unitOfWork.run(
                    () -> assertThatThrownBy(() -> tickets.list(Page.first(2).keyedBy(regardless)))
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining("Pages of Ticket cannot be keyed by 'id' ignoring case"));
        }

        @Test
        void haveNoKeyedPagesByWhatIsNoAttributeOfTheirs() {
            for (String name : List.of("nonsense", "place.street")) {
                unitOfWork.run(() -> assertThatThrownBy(
                                () -> tickets.list(Page.first(2).keyedBy(Order.asc(Ticket.class, name))))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(name));
            }
        }

        @Test
        void canBeWrittenAsCriteria() {
            insertWithPriorities(1, 2, 3);
            unitOfWork.run(em -> {
                var builder = em.getCriteriaBuilder();
                var criteria = builder.createQuery(Ticket.class);
                var root = criteria.from(Ticket.class);
                criteria.where(builder.gt(root.get("priority"), 1)).orderBy(builder.asc(root.get("priority")));

                assertThat(ids(tickets.list(criteria))).containsExactly("t2", "t3");
            });
        }

        @Test
        void fetchWhatTheSelectionSays() {
            unitOfWork.run(() -> {
                Ticket ticket = new Ticket("a");
                ticket.remark("first");
                tickets.add(ticket);
            });
            STATEMENTS.clear();
            unitOfWork.run(() -> assertThat(tickets.list(
                            selection().fetch(Path.from(Ticket.class).to("remarks", Remark.class))))
                    .allSatisfy(ticket -> assertThat(ticket.remarks).hasSize(1)));

            assertThat(STATEMENTS).hasSize(1);
        }

        @Test
        void canBeFetchedByAQueryOfASpecificationToo() {
            insertWithPriorities(1);
            unitOfWork.run(em -> {
                Ticket ticket = selection().createQuery(em).getSingleResult();
                ticket.tags.add("new");

                assertThat(tickets.get("t1")).isSameAs(ticket);
                assertThat(tickets.list()).containsExactly(ticket);
            });
            assertThat(database.select("SELECT tags FROM ticket_tags")).containsExactly("new");
        }

        @Test
        void areCountedWithoutLoading() {
            insertWithPriorities(1, 2, 3);
            unitOfWork.run(em -> {
                assertThat(tickets.count()).isEqualTo(3);
                assertThat(tickets.count(restriction(Range.greaterThan(1)))).isEqualTo(2);
                assertThat(tickets.exists("t1")).isTrue();
                assertThat(tickets.exists("t9")).isFalse();
                assertThat(seats.exists(new Seat.Number("a", 1))).isFalse();
            });
            assertThat(STATEMENTS).hasSize(5).allMatch(sql -> sql.contains("count("));
        }

        @Test
        void seeWhatWasAddedAndChanged() {
            insert("a");
            unitOfWork.run(() -> {
                tickets.get("a").priority = 7;
                tickets.add(new Ticket("b"));

                assertThat(tickets.count()).isEqualTo(2);
                assertThat(tickets.exists("b")).isTrue();
                assertThat(ids(tickets.list(priority(7)))).containsExactly("a");
            });
        }

        private void insertWithPriorities(int... priorities) {
            unitOfWork.run(() -> {
                for (int priority : priorities) {
                    Ticket ticket = new Ticket("t" + priority);
                    ticket.priority = priority;
                    tickets.add(ticket);
                }
            });
            STATEMENTS.clear();
        }

        private static List<String> ids(List<Ticket> found) {
            return found.stream().map(ticket -> ticket.id).toList();
        }

        private static SelectionSpecification<Ticket> selection() {
            return SelectionSpecification.create(Ticket.class);
        }

        private static Order<Ticket> downwards() {
            return Order.desc(Ticket.class, "priority");
        }

        private static Restriction<Ticket> priority(int priority) {
            return restriction(Range.singleValue(priority));
        }

        private static Restriction<Ticket> restriction(Range<Integer> range) {
            return Restriction.restrict(Ticket.class, "priority", range);
        }
    }

    @Nested
    class Added {

        @Test
        void isInsertedWithoutASelect() {
            unitOfWork.run(() -> tickets.add(new Ticket("a")));

            assertThat(STATEMENTS).hasSize(1).allMatch(sql -> sql.startsWith("insert"));
            assertThat(value("version", "a")).isEqualTo(0);
        }

        @Test
        void twiceIsInsertedOnce() {
            unitOfWork.run(() -> {
                Ticket ticket = new Ticket("a");
                tickets.add(ticket);
                tickets.add(ticket);
            });
            assertThat(database.select("SELECT count(*) FROM ticket")).containsExactly(1L);
        }

        @Test
        void withAnIdentifierInUseIsRefusedAndTheUnitGoesOn() {
            unitOfWork.run(() -> {
                Ticket first = new Ticket("a");
                tickets.add(first);

                assertThatThrownBy(() -> tickets.add(new Ticket("a")))
                        .isInstanceOf(EntityExistsException.class)
                        .hasMessageContaining("Ticket a");
                first.status = "first";
            });
            assertThat(value("status", "a")).isEqualTo("first");
        }

        @Test
        void fromAnotherUnitIsRefusedAndTheUnitGoesOn() {
            insert("a");
            unitOfWork.run(() -> tickets.get("a").priority = 1);
            Ticket detached = unitOfWork.call(() -> tickets.get("a"));
            detached.status = "changed outside";
            unitOfWork.run(() -> {
                assertThatThrownBy(() -> tickets.add(detached))
                        .isInstanceOf(EntityExistsException.class)
                        .hasMessageContaining("Ticket a");
                tickets.get("a").priority = 3;
            });
            assertThat(value("status || priority", "a")).isEqualTo("open3");
        }

        @Test
        void withTheIdentifierOfAnUnseenRowFailsTheFlush() {
            insert("a");
            assertThatThrownBy(() -> unitOfWork.run(() -> tickets.add(new Ticket("a"))))
                    .isInstanceOf(ConstraintViolationException.class);
        }

        @Test
        void maybeInPlaceOfOneThatWasRemoved() {
            insert("a");
            unitOfWork.run(em -> {
                tickets.remove(tickets.get("a"));
                em.flush();
                Ticket again = new Ticket("a");
                again.status = "again";
                tickets.add(again);
            });
            assertThat(value("status", "a")).isEqualTo("again");
        }
    }

    @Nested
    class Removed {

        @Test
        void isDeletedAtTheCommit() {
            insert("a", "b");
            unitOfWork.run(() -> tickets.remove(tickets.get("a")));

            assertThat(database.select("SELECT id FROM ticket")).containsExactly("b");
        }

        @Test
        void isRefusedIfUnknownAndTheUnitGoesOn() {
            insert("a");
            Ticket detached = unitOfWork.call(() -> tickets.get("a"));
            unitOfWork.run(() -> {
                assertThatThrownBy(() -> tickets.remove(detached))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("Ticket");
                assertThatThrownBy(() -> tickets.remove(new Ticket("x"))).isInstanceOf(IllegalArgumentException.class);
                tickets.get("a").status = "still here";
            });
            assertThat(value("status", "a")).isEqualTo("still here");
        }
    }

    @Nested
    class AtAnExpectedVersion {

        @Test
        void isReturned() {
            insert("a");
            unitOfWork.run(() -> {
                assertThat(tickets.get("a", 0).id).isEqualTo("a");
                assertThat(tickets.get("a", 0L).id).isEqualTo("a");
            });
        }

        @Test
        void isRefusedAtAnotherAndNeverRetried() {
            insert("a");
            unitOfWork.run(() -> tickets.get("a").status = "edited by somebody else");
            AtomicInteger attempts = new AtomicInteger();

            assertThatThrownBy(() -> unitOfWork
                            .with(o -> o.withRetry(RetryPolicy.attempts(5).withRetryOn(failure -> true)))
                            .run(() -> {
                                attempts.incrementAndGet();
                                tickets.get("a", 0);
                            }))
                    .isInstanceOfSatisfying(StaleEditException.class, stale -> {
                        assertThat(stale.entityName()).isEqualTo("Ticket");
                        assertThat(stale.id()).isEqualTo("a");
                        assertThat(stale.expectedVersion()).isEqualTo(0);
                        assertThat(stale.actualVersion()).isEqualTo(1);
                    });
            assertThat(attempts).hasValue(1);
        }

        @Test
        void needsAVersionAttribute() {
            unitOfWork.run(() -> seats.add(new Seat(new Seat.Number("a", 1))));
            unitOfWork.run(() -> assertThatThrownBy(() -> seats.get(new Seat.Number("a", 1), 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("@Version"));
        }
    }

    @Nested
    class OutsideAUnitOfWork {

        @Test
        void whatCouldLoseAChangeIsRefused() {
            insert("a");
            Ticket ticket = new Ticket("b");
            List<Runnable> calls = List.of(
                    () -> tickets.find("a"),
                    () -> tickets.get("a"),
                    () -> tickets.findAll(List.of("a")),
                    () -> tickets.findAll(List.of()),
                    () -> tickets.list(),
                    () -> tickets.findOne(),
                    () -> tickets.forUpdate().find("a"),
                    () -> tickets.add(ticket),
                    () -> tickets.remove(ticket));

            assertThat(calls)
                    .allSatisfy(call -> assertThatThrownBy(call::run).isInstanceOf(NoActiveTransactionException.class));
        }

        @Test
        void readsRunInAUnitOfTheirOwn() {
            insert("a");

            assertThat(tickets.count()).isEqualTo(1);
            assertThat(tickets.exists("a")).isTrue();
            assertThat(tickets.readOnly().get("a").status).isEqualTo("open");
            assertThat(tickets.readOnly().get("a", 0).status).isEqualTo("open");
            assertThat(tickets.readOnly().list()).hasSize(1);
        }
    }

    @Nested
    class InOptimisticMode {

        @Test
        void readsAndWritesInOneShortTransaction() {
            insert("a", "b");
            unitOfWork.with(TransactionOptions.optimistic()).run(() -> {
                tickets.get("a").status = "changed";
                assertThat(database.borrowedConnections()).isZero();
                tickets.add(new Ticket("c"));
                tickets.remove(tickets.get("b"));
                assertThat(tickets.count()).isEqualTo(2);
                assertThat(database.borrowedConnections()).isZero();
            });
            assertThat(database.select("SELECT id || status FROM ticket ORDER BY id"))
                    .containsExactly("achanged", "copen");
        }

        @Test
        void repeatsWhenSomebodyElseWasFaster() {
            insert("a");
            AtomicInteger attempts = new AtomicInteger();
            unitOfWork.with(TransactionOptions.optimistic()).run(() -> {
                Ticket ticket = tickets.get("a");
                if (attempts.incrementAndGet() < 3) {
                    database.execute("UPDATE ticket SET priority = priority + 1, version = version + 1");
                }
                ticket.priority += 10;
            });
            assertThat(attempts).hasValue(3);
            assertThat(value("priority", "a")).isEqualTo(12);
        }

        @Test
        void locksWhenAskedTo() {
            insert("a");
            unitOfWork.with(TransactionOptions.optimistic()).run(() -> {
                Ticket ticket = tickets.get("a");
                assertThat(tickets.forUpdate().get("a")).isSameAs(ticket);
                assertThat(database.borrowedConnections()).isOne();
                ticket.priority++;
            });
            assertThat(value("priority", "a")).isEqualTo(1);
        }
    }
}
