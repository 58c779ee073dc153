package io.hexai.jpa.examples.isolated;

import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.examples.isolated.domain.Address;
import io.hexai.jpa.examples.isolated.domain.Invoice;
import io.hexai.jpa.test.EmbeddedServer;
import io.hexai.jpa.transaction.UnitOfWork;
import java.io.PrintStream;
import java.util.List;

/**
 * The program: walks through what an isolated domain can do, and prints it. It takes the database that {@code HEXAI_DB_URL}
 * names, in which it makes tables anew, or else an embedded one.
 */
final class IsolatedDomain {

    private IsolatedDomain() {}

    public static void main(String[] arguments) {
        String url = System.getenv("HEXAI_DB_URL");
        if (url != null && !url.isBlank()) {
            run(PostgresConfig.fromUrl(url), System.out);
        } else {
            try (EmbeddedServer server = EmbeddedServer.start()) {
                run(server.config(), System.out);
            }
        }
    }

    static void run(PostgresConfig config, PrintStream out) {
        try (Storage storage = new Storage(config)) {
            UnitOfWork unitOfWork = storage.unitOfWork();
            CustomerDesk desk = new CustomerDesk(unitOfWork);
            desk.register("c-1", "Ada", new Address("Main Street 1", "London"));
            out.println("renamed:    " + desk.rename("c-1", "Ada Lovelace"));

            boolean[] disturbed = {false};
            int attempts = desk.renameByThought("c-1", name -> {
                if (!disturbed[0]) {
                    disturbed[0] = true;
                    new CustomerDesk(storage.unitOfWork()).rename("c-1", "Countess Ada");
                }
                return name + " of Lovelace";
            });
            out.println("optimistic: " + attempts + " attempts, " + desk.inCity("London"));

            desk.appendToName("c-1", " (1815)");
            out.println("locked:     " + desk.inCity("London"));

            int signed = desk.signAll("c-1", List.of("k-1", "k-2", "k-3"), 40_000);
            out.println("nested:     " + signed + " of 3 signed, " + desk.inCity("London"));

            // region invoice
            unitOfWork.run(em -> em.persist(Invoice.issue("i-1", "c-1", 80_000)));
            unitOfWork.run(em -> em.find(Invoice.class, "i-1").pay(80_000));
            // endregion
            out.println("orm.xml:    invoice "
                    + unitOfWork.call(em -> em.find(Invoice.class, "i-1").status()));
        }
    }
}
