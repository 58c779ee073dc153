package io.hexai.jpa.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.repository.EntityRepository;
import io.hexai.jpa.repository.ImmutableEntityModifiedException;
import io.hexai.jpa.repository.LockWait;
import io.hexai.jpa.repository.StaleEditException;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.PendingChanges;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hibernate.query.KeyedPage;
import org.hibernate.query.KeyedResultList;
import org.hibernate.query.Order;
import org.hibernate.query.Page;
import org.hibernate.query.range.Range;
import org.hibernate.query.restriction.Restriction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The snippets of {@code docs/guide/repositories.md}. */
class RepositoriesGuideTest {

    @Entity(name = "GuideParcel")
    static class Parcel {
        @Id
        String id;

        @Version
        int version;

        String city;
        String status = "packed";

        protected Parcel() {}

        Parcel(String id, String city) {
            this.id = id;
            this.city = city;
        }
    }

    // region extend
    static final class Parcels extends EntityRepository<Parcel, String> {

        Parcels(UnitOfWork unitOfWork) {
            super(unitOfWork, Parcel.class);
        }

        Optional<Parcel> oldestIn(String city) {
            return entityManager()
                    .createQuery("from GuideParcel where city = :city order by id", Parcel.class)
                    .setParameter("city", city)
                    .setMaxResults(1)
                    .getResultStream()
                    .findFirst();
        }
    }
    // endregion

    static TestFactory database;

    UnitOfWork unitOfWork;
    Parcels parcels;

    @BeforeAll
    static void start() {
        database = TestFactory.of(Map.of(EntityRepository.VALIDATE_IMMUTABILITY, true), Parcel.class);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void begin() {
        database.execute("DELETE FROM GuideParcel");
        unitOfWork = UnitOfWork.of(database.factory());
        parcels = new Parcels(unitOfWork);
        unitOfWork.run(() -> List.of("parcel-1", "parcel-2", "parcel-3", "parcel-4")
                .forEach(id -> parcels.add(new Parcel(id, "Bern"))));
    }

    @Test
    void makes() {
        // region of
        EntityRepository<Parcel, String> plain = EntityRepository.of(unitOfWork, Parcel.class, String.class);
        // endregion
        assertThat(plain.count()).isEqualTo(4);
    }

    @Test
    void works() {
        // region work
        unitOfWork.run(() -> {
            parcels.add(new Parcel("parcel-5", "Basel")); // persisted, never merged; no select before the insert

            Parcel first = parcels.get("parcel-1"); // EntityNotFoundException if there is none
            first.status = "sent"; // written at the commit, guarded by @Version

            parcels.find("parcel-2").ifPresent(parcels::remove);

            List<Parcel> some = parcels.findAll(List.of("parcel-3", "parcel-4")); // one select
            assertThat(some).hasSize(2);
        });
        // endregion
        unitOfWork.run(() -> assertThat(parcels.oldestIn("Bern").map(parcel -> parcel.status))
                .contains("sent"));
        assertThat(parcels.count()).isEqualTo(4);
        assertThat(parcels.exists("parcel-2")).isFalse();
    }

    @Test
    void lists() {
        unitOfWork.run(() -> {
            // region list
            Restriction<Parcel> inBern = Restriction.restrict(Parcel.class, "city", Range.singleValue("Bern"));
            Order<Parcel> byId = Order.asc(Parcel.class, "id");

            List<Parcel> all = parcels.list(byId, inBern);
            List<Parcel> secondPage = parcels.list(Page.page(2, 1), byId, inBern);
            long number = parcels.count(inBern);
            // endregion
            assertThat(all).hasSize(4);
            assertThat(secondPage).extracting(parcel -> parcel.id).containsExactly("parcel-3", "parcel-4");
            assertThat(number).isEqualTo(4);

            int shown = 0;
            // region keyed
            KeyedPage<Parcel> next = Page.first(3).keyedBy(byId);
            while (next != null) {
                KeyedResultList<Parcel> page = parcels.list(next, inBern);
                shown += page.getResultList().size();
                next = page.getNextPage(); // starts after the last row of this one, whatever others insert or delete
            }
            // endregion
            assertThat(shown).isEqualTo(4);
        });
    }

    @Test
    void locks() {
        // region lock
        unitOfWork.run(() -> {
            Parcel mine = parcels.forUpdate().get("parcel-1"); // waits for others, who then wait for the commit
            mine.status = "sent";

            List<Parcel> work =
                    parcels.forUpdate(LockWait.SKIP_LOCKED).list(Page.first(10), Order.asc(Parcel.class, "id"));
            work.forEach(parcel -> parcel.status = "sent");
        });
        // endregion
        assertThat(database.select("SELECT DISTINCT status FROM GuideParcel")).containsExactly("sent");
    }

    @Test
    void guardsEdits() {
        unitOfWork.run(() -> parcels.get("parcel-1").city = "Basel");
        assertThatThrownBy(() -> readdress("parcel-1", 0, "Chur")).isInstanceOf(StaleEditException.class);
        readdress("parcel-1", 1, "Chur");
        assertThat(database.select("SELECT city FROM GuideParcel WHERE id = 'parcel-1'"))
                .containsExactly("Chur");
    }

    // region edit
    void readdress(String id, int versionShown, String city) {
        unitOfWork.run(
                () -> parcels.get(id, versionShown).city = city); // StaleEditException if it was edited meanwhile
    }
    // endregion

    @Test
    void readsOnly() {
        assertThatThrownBy(() -> {
                    // region readonly
                    unitOfWork.run(() -> {
                        List<Parcel> report = parcels.readOnly().list();
                        report.get(0).status = "lost"; // not written; with the switch on, the commit fails and names it
                    });
                    // endregion
                })
                .isInstanceOf(ImmutableEntityModifiedException.class);
    }

    @Test
    void asksForChanges() {
        unitOfWork.run(em -> {
            // region changes
            Parcel parcel = parcels.get("parcel-1");
            parcel.status = "sent";

            PendingChanges changes = unitOfWork.current().changes();
            assertThat(changes.isModified(parcel)).isTrue();
            assertThat(changes.modifiedAttributes(parcel)).containsExactly("status");

            changes.revert(parcel); // as it was when it was read or last flushed, without asking the database
            assertThat(parcel.status).isEqualTo("packed");

            Parcel added = new Parcel("parcel-9", "Bern");
            parcels.add(added);
            assertThat(changes.isNew(added)).isTrue();
            changes.revert(added); // forgotten; will not be inserted

            assertThat(changes.isEmpty()).isTrue();
            // endregion
        });
        assertThat(parcels.count()).isEqualTo(4);
    }
}
