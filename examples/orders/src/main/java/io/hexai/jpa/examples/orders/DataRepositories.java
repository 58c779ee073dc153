package io.hexai.jpa.examples.orders;

import io.hexai.jpa.transaction.ResourceKey;
import io.hexai.jpa.transaction.UnitOfWork;
import org.hibernate.Session;
import org.hibernate.StatelessSession;

// region scope
/** Gives the repositories that Hibernate's processor generated the sessions of the current unit of work. */
final class DataRepositories {

    private static final ResourceKey<OrderSearch> SEARCH = ResourceKey.of("order search");
    private static final ResourceKey<OrderArchive> ARCHIVE = ResourceKey.of("order archive");

    private final UnitOfWork unitOfWork;

    DataRepositories(UnitOfWork unitOfWork) {
        this.unitOfWork = unitOfWork;
    }

    /** On the unit of work's own session. */
    OrderSearch search() {
        return unitOfWork.current().resource(SEARCH, () -> new OrderSearch_(session()));
    }

    /** On a stateless session that has the connection, and with it the transaction, of the unit of work's session. */
    OrderArchive archive() {
        session().flush(); // a stateless session neither sees nor writes what is pending in the other
        return unitOfWork.current().resource(ARCHIVE, () -> new OrderArchive_(stateless()));
    }

    private StatelessSession stateless() {
        return session().statelessWithOptions().connection().open();
    }

    private Session session() {
        return unitOfWork.entityManager().unwrap(Session.class);
    }
}
// endregion
