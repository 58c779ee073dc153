package io.hexai.jpa.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.crypto.tink.KeysetHandle;
import io.hexai.jpa.mapping.EncryptedPlacesTest.Access;
import io.hexai.jpa.mapping.EncryptedPlacesTest.Contract;
import io.hexai.jpa.mapping.EncryptedPlacesTest.GrantId;
import io.hexai.jpa.mapping.EncryptedPlacesTest.NewNote;
import io.hexai.jpa.mapping.EncryptedPlacesTest.Offer;
import io.hexai.jpa.mapping.EncryptedPlacesTest.Truck;
import io.hexai.jpa.mapping.EncryptedPlacesTest.Vehicle;
import io.hexai.jpa.mapping.EncryptionTests.Agent;
import io.hexai.jpa.mapping.EncryptionTests.Person;
import io.hexai.jpa.mapping.EncryptionTests.Tagged;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.UnitOfWork;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A re-encryption finds its values wherever a mapping can put them. */
class ReEncryptionPlacesTest {

    @Test
    void rewritesTheValuesOfEveryTable() {
        KeysetHandle rows = TestKeys.rows();
        KeysetHandle search = TestKeys.search();
        try (TestFactory database = TestFactory.of(
                Person.class,
                Agent.class,
                Tagged.class,
                Contract.class,
                Offer.class,
                Vehicle.class,
                Truck.class,
                Access.class,
                NewNote.class)) {
            Consumer<EncryptionKeys> use = keys -> Encryption.install(database.factory(), keys);
            UnitOfWork unitOfWork = UnitOfWork.of(database.factory());
            use.accept(EncryptionKeys.of(rows).withSearchKeys(search));
            Tagged tagged = new Tagged();
            unitOfWork.run(em -> entities().forEach(em::persist));
            unitOfWork.run(em -> em.persist(tagged));
            KeysetHandle newRows = TestKeys.rotated(rows);
            KeysetHandle newSearch = TestKeys.rotated(search);
            use.accept(EncryptionKeys.of(newRows).withSearchKeys(newSearch));

            ReEncryptionReport report =
                    ReEncryption.of(unitOfWork).withBatchSize(1).run();

            assertThat(report.rewritten()).isEqualTo(3 + 1 + 2 * 2 + 2 + 1 + 2);
            assertThat(report.isComplete()).isTrue();
            use.accept(EncryptionKeys.of(TestKeys.withoutOldKeys(newRows))
                    .withSearchKeys(TestKeys.withoutOldKeys(newSearch)));
            unitOfWork.run(em -> {
                Agent agent = em.find(Agent.class, "007");
                assertThat(List.of(agent.secret, agent.hidden, agent.alias)).containsExactly("one", "two", "three");
                assertThat(em.find(Tagged.class, tagged.id).secret).isEqualTo("uuid");
                assertThat(em.find(Contract.class, 1L).secret).isEqualTo("contract");
                assertThat(em.find(Offer.class, 1L).key).isEqualTo("offer");
                Truck truck = em.find(Truck.class, 1L);
                assertThat(List.of(truck.plate, truck.cargo)).containsExactly("plate", "cargo");
                assertThat(em.find(Access.class, new GrantId("a", 1)).reason).isEqualTo("reason");
                NewNote note = em.find(NewNote.class, 1L);
                assertThat(List.of(note.text, note.topic)).containsExactly("text", "topic");
            });
        }
    }

    private static List<Object> entities() {
        Agent agent = new Agent();
        agent.id = "007";
        agent.secret = "one";
        agent.hidden = "two";
        agent.alias = "three";
        Contract contract = new Contract();
        contract.id = 1;
        contract.secret = "contract";
        contract.key = "contract";
        Offer offer = new Offer();
        offer.id = 1;
        offer.secret = "offer";
        offer.key = "offer";
        Truck truck = new Truck();
        truck.id = 1;
        truck.plate = "plate";
        truck.cargo = "cargo";
        Access access = new Access();
        access.reader = "a";
        access.document = 1;
        access.reason = "reason";
        NewNote note = new NewNote();
        note.id = 1;
        note.text = "text";
        note.topic = "topic";
        return List.of(agent, contract, offer, truck, access, note);
    }
}
