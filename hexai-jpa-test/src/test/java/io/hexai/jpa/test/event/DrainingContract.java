package io.hexai.jpa.test.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.transaction.Propagation;
import org.junit.jupiter.api.Test;

/** What every store takes from entities. */
abstract class DrainingContract extends EventStoreSituation {

    DrainingContract(EventStoreContract contract) {
        super(contract);
    }

    @Test
    void storesWhatEntitiesRaisedThatIsNotRolledBack() {
        unitOfWork.run(entityManager -> {
            Shelf shelf = new Shelf("a");
            entityManager.persist(shelf);
            shelf.put(1);
            unitOfWork.with(Propagation.NESTED).run(() -> {
                shelf.put(-1);
                unitOfWork.current().preventCommit();
            });
            shelf.put(2);
            assertThat(stored()).isEmpty();
        });
        unitOfWork.run(entityManager -> {
            Shelf shelf = entityManager.find(Shelf.class, "a");
            assertThat(shelf.books()).isEqualTo(2);
            shelf.put(3);
            entityManager.remove(shelf);
        });
        unitOfWork.run(entityManager -> {
            Shelf shelf = new Shelf("b");
            entityManager.persist(shelf);
            shelf.put(-2);
            unitOfWork.current().preventCommit();
        });

        assertThat(stored()).isEqualTo(put(1, 3));
    }
}
