package io.hexai.jpa.transaction;

import org.hibernate.Session;
import org.hibernate.Transaction;
import org.hibernate.engine.spi.SessionDelegatorBaseImpl;
import org.hibernate.engine.spi.SessionImplementor;

/** The session as the work sees it: all of Hibernate, but the decision about the transaction stays with the scope. */
// It is never serialized, being bound to a thread; and the base class overrides Hibernate's own generic methods raw.
@SuppressWarnings({"serial", "unchecked", "overrides"})
final class ScopedSession extends SessionDelegatorBaseImpl {

    private final RootScope scope;
    private final boolean forHost;

    /** The one for a host tells of the failures of participants, where that for the work tells of decisions. */
    ScopedSession(SessionImplementor session, RootScope scope, boolean forHost) {
        super(session);
        this.scope = scope;
        this.forHost = forHost;
    }

    @Override
    public void flush() {
        scope.beginTransaction();
        super.flush();
    }

    @Override
    public Transaction getTransaction() {
        return new ScopedTransaction(scope, forHost);
    }

    @Override
    public Transaction accessTransaction() {
        return getTransaction();
    }

    @Override
    public Transaction beginTransaction() {
        throw ScopedTransaction.refused("beginTransaction()", "open a NESTED or NEW scope");
    }

    @Override
    public void close() {
        throw ScopedTransaction.refused("close()", "let the work end: the scope closes its entity manager");
    }

    /**
     * What Hibernate's own code asks for is Hibernate's own session: of two sessions, entities and queries would know one each,
     * and their collections refuse to belong to both. Its connection keeps the decision with the scope all the same.
     */
    @Override
    public <T> T unwrap(Class<T> type) {
        return type.isAssignableFrom(Session.class) ? type.cast(this) : super.unwrap(type);
    }
}
