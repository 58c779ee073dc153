package io.hexai.jpa.examples.modulepath;

import io.hexai.jpa.bootstrap.HexaiJpa;
import io.hexai.jpa.test.EmbeddedServer;
import io.hexai.jpa.transaction.Propagation;
import jakarta.transaction.Synchronization;
import org.hibernate.Session;

/** Patched into the application's module: uses the test module, and what only the class path has. */
final class ServerModuleProgram {

    private ServerModuleProgram() {}

    public static void main(String[] arguments) {
        System.out.println(EmbeddedServer.class.getModule());
        try (EmbeddedServer server = EmbeddedServer.start();
                HexaiJpa jpa = ParcelDesk.open(server.config())) {
            ParcelDesk.run(jpa, System.out);
            jpa.unitOfWork()
                    .run(() -> jpa.unitOfWork()
                            .with(Propagation.NESTED)
                            .run(em -> em.unwrap(Session.class).getTransaction().registerSynchronization(new Told())));
        }
    }

    private static final class Told implements Synchronization {

        @Override
        public void beforeCompletion() {}

        @Override
        public void afterCompletion(int status) {
            System.out.println("completed with status " + status);
        }
    }
}
