package io.hexai.jpa.spring;

import jakarta.persistence.EntityManagerFactory;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Under which keys Spring binds an entity manager, and the connection that it uses, to a thread. */
record SpringResources(
        EntityManagerFactory factory, @Nullable DataSource dataSource) {

    @Nullable
    EntityManagerHolder entityManagerHolder() {
        return (EntityManagerHolder) TransactionSynchronizationManager.getResource(factory);
    }

    @Nullable
    ConnectionHolder connectionHolder() {
        return dataSource == null ? null : (ConnectionHolder) TransactionSynchronizationManager.getResource(dataSource);
    }

    void bind(@Nullable Object entityManagerHolder, @Nullable Object connectionHolder) {
        if (entityManagerHolder != null) {
            TransactionSynchronizationManager.bindResource(factory, entityManagerHolder);
        }
        if (dataSource != null && connectionHolder != null) {
            TransactionSynchronizationManager.bindResource(dataSource, connectionHolder);
        }
    }

    void unbind() {
        TransactionSynchronizationManager.unbindResourceIfPossible(factory);
        if (dataSource != null) {
            TransactionSynchronizationManager.unbindResourceIfPossible(dataSource);
        }
    }
}
