package io.hexai.jpa.examples.peers;

import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.util.function.Consumer;

/** The library's unit of work. */
final class HexaiScopes implements Peer {

    private final UnitOfWork unitOfWork;

    HexaiScopes(EntityManagerFactory factory) {
        unitOfWork = UnitOfWork.of(factory);
    }

    @Override
    public void transaction(Consumer<EntityManager> work) {
        unitOfWork.run(em -> work.accept(em));
    }

    @Override
    public void nested(Runnable work) {
        unitOfWork.with(Propagation.NESTED).run(() -> work.run());
    }

    @Override
    public void joined(Runnable work) {
        unitOfWork.run(() -> work.run());
    }

    @Override
    public void afterCommit(Runnable hook) {
        unitOfWork.current().afterCommit(hook::run);
    }
}
