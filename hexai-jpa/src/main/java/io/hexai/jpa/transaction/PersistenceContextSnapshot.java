package io.hexai.jpa.transaction;

import java.sql.SQLException;
import org.hibernate.engine.spi.SessionImplementor;

final class PersistenceContextSnapshot {

    private PersistenceContextSnapshot() {}

    static PersistenceContextSnapshot of(SessionImplementor session) {
        return new PersistenceContextSnapshot();
    }

    void release() {}

    void restoreAfter(DatabaseRollback rollback) throws SQLException {
        rollback.run();
    }

    interface DatabaseRollback {
        void run() throws SQLException;
    }
}
