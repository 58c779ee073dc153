package io.hexai.jpa.spring.boot;

import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventStoreBuilder;
import io.hexai.jpa.event.EventType;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.spring.JoinEveryTransaction;
import io.hexai.jpa.spring.SpringTransactions;
import io.hexai.jpa.transaction.UnitOfWork;
import io.hexai.jpa.transaction.UnitOfWorkBuilder;
import io.hexai.jpa.transaction.UnitOfWorkListener;
import jakarta.persistence.EntityManagerFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.persistence.autoconfigure.EntityScanner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * Configures a {@link UnitOfWork} that joins Spring's transactions and an {@link EventStore} over the application's
 * {@code EntityManagerFactory}, each unless the application has one, and starts and stops its event subscriptions.
 */
@AutoConfiguration(afterName = "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration")
@ConditionalOnClass(EntityScanner.class)
@ConditionalOnSingleCandidate(EntityManagerFactory.class)
@EnableConfigurationProperties(HexaiJpaProperties.class)
public final class HexaiJpaAutoConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(HexaiJpaAutoConfiguration.class);

    HexaiJpaAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    UnitOfWork unitOfWork(
            EntityManagerFactory factory,
            HexaiJpaProperties properties,
            ObjectProvider<PlatformTransactionManager> managers,
            ObjectProvider<UnitOfWorkListener> listeners,
            ObjectProvider<UnitOfWorkCustomizer> customizers) {
        UnitOfWorkBuilder builder = UnitOfWork.builder(factory).commitPatience(properties.commitPatience());
        if (properties.resolveUnknownCommit()) {
            builder.resolveUnknownCommit();
        }
        if (properties.allowUnversionedOptimisticWrites()) {
            builder.allowUnversionedOptimisticWrites();
        }
        JpaTransactionManager manager = managerOf(factory, managers);
        if (manager == null) {
            LOG.warn(
                    "There is no JpaTransactionManager over the EntityManagerFactory of the unit of work, which therefore joins no"
                            + " transactions of Spring's.");
        } else {
            builder.host(SpringTransactions.of(manager));
        }
        listeners.orderedStream().forEach(builder::listener);
        customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
        return builder.build();
    }

    /** Asks for any kind, since Spring Boot declares its own as one, and does not know better before it is made. */
    private static @Nullable JpaTransactionManager managerOf(
            EntityManagerFactory factory, ObjectProvider<PlatformTransactionManager> managers) {
        return managers.orderedStream()
                .filter(JpaTransactionManager.class::isInstance)
                .map(JpaTransactionManager.class::cast)
                .filter(manager -> factory.equals(manager.getEntityManagerFactory()))
                .findFirst()
                .orElse(null);
    }

    /** Spring Boot gives it to each transaction manager that it makes. */
    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBooleanProperty(name = "hexai.join-every-transaction", matchIfMissing = true)
    static JoinEveryTransaction joinEveryTransaction(ObjectProvider<UnitOfWork> unitOfWork) {
        return JoinEveryTransaction.of(unitOfWork::getIfUnique);
    }

    /** Those of the packages in which Spring Boot looks for entities. */
    @Bean
    @ConditionalOnMissingBean
    EventTypes eventTypes(ApplicationContext context) throws ClassNotFoundException {
        return EventTypes.of(new EntityScanner(context).scan(EventType.class).toArray(Class<?>[]::new));
    }

    @Bean
    @ConditionalOnMissingBean
    EventStore eventStore(
            UnitOfWork unitOfWork,
            EventTypes types,
            HexaiJpaProperties properties,
            ObjectProvider<EventStoreCustomizer> customizers) {
        EventStoreBuilder builder = EventStore.builder(unitOfWork)
                .types(types)
                .positionStrategy(properties.events().positionStrategy());
        if (properties.events().drainAggregates()) {
            builder.drainAggregates();
        }
        customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
        return builder.build();
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(UnitOfWork.class)
    SubscriptionLifecycle subscriptionLifecycle(ListableBeanFactory beans, HexaiJpaProperties properties) {
        return new SubscriptionLifecycle(beans, properties.subscriptions().autoStart());
    }
}
