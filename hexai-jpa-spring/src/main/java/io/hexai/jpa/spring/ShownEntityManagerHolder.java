package io.hexai.jpa.spring;

import io.hexai.jpa.transaction.OwnTransaction;
import org.springframework.orm.jpa.EntityManagerHolder;

/** Makes Spring take the transaction of a unit of work for one that a {@code JpaTransactionManager} has begun. */
final class ShownEntityManagerHolder extends EntityManagerHolder {

    ShownEntityManagerHolder(OwnTransaction transaction) {
        super(transaction.entityManagerForHost());
        setTransactionActive(true);
        setSynchronizedWithTransaction(true);
        setSavepointManager(new ScopeSavepoints(transaction::beginNested, getEntityManager()));
    }
}
