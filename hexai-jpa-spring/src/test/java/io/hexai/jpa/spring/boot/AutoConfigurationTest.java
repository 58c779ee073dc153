package io.hexai.jpa.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.database.TableManager;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.spring.JoinEveryTransaction;
import io.hexai.jpa.subscription.EventSubscription;
import io.hexai.jpa.subscription.PoisonPolicy;
import io.hexai.jpa.subscription.StartPosition;
import io.hexai.jpa.subscription.SubscriptionStatus;
import io.hexai.jpa.test.FromDatabase;
import io.hexai.jpa.test.PostgresTest;
import io.hexai.jpa.test.TestDatabase;
import io.hexai.jpa.transaction.CommitPhase;
import io.hexai.jpa.transaction.IncompatibleTransactionException;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.UnitOfWork;
import io.hexai.jpa.transaction.UnitOfWorkMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionManagerCustomizationAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What a Spring Boot application gets without asking. */
@PostgresTest(entities = Note.class)
class AutoConfigurationTest {

    @RegisterExtension
    static final TestDatabase EMPTY = TestDatabase.named("empty").withoutBuiltIn();

    private final String id = UUID.randomUUID().toString();
    private ApplicationContextRunner application;

    @BeforeEach
    void configure(DataSource dataSource) {
        application = over(dataSource);
    }

    private static ApplicationContextRunner over(DataSource dataSource) {
        return new ApplicationContextRunner()
                .withBean(DataSource.class, () -> dataSource, definition -> definition.setDestroyMethodName(""))
                .withUserConfiguration(Application.class)
                .withConfiguration(AutoConfigurations.of(
                        HibernateJpaAutoConfiguration.class,
                        TransactionAutoConfiguration.class,
                        TransactionManagerCustomizationAutoConfiguration.class,
                        MetricsAutoConfiguration.class,
                        CompositeMeterRegistryAutoConfiguration.class,
                        HexaiJpaAutoConfiguration.class,
                        HexaiJpaHealthAutoConfiguration.class,
                        HexaiJpaMetricsAutoConfiguration.class,
                        HexaiJpaSchemaAutoConfiguration.class));
    }

    @Configuration(proxyBeanMethods = false)
    @AutoConfigurationPackage
    static class Application {}

    private static TransactionTemplate transaction(ApplicationContext context) {
        return new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
    }

    private static EntityManager shared(ApplicationContext context) {
        return SharedEntityManagerCreator.createSharedEntityManager(context.getBean(EntityManagerFactory.class));
    }

    @Nested
    class TheUnitOfWork {

        @Test
        void joinsTheTransactionsOfTheApplicationsManager() {
            application.run(context -> {
                UnitOfWork unitOfWork = context.getBean(UnitOfWork.class);
                transaction(context).executeWithoutResult(status -> {
                    assertThat(unitOfWork.isActive()).isTrue();
                    unitOfWork.run(em -> em.persist(new Note(id)));
                    status.setRollbackOnly();
                });

                assertThat(unitOfWork.<Note, RuntimeException>call(em -> em.find(Note.class, id)))
                        .isNull();
            });
        }

        @Test
        void joinsThemToWhereItIsMadeBeforeTheManager() {
            application
                    .withUserConfiguration(Early.class)
                    .run(context -> transaction(context)
                            .executeWithoutResult(status -> assertThat(
                                            context.getBean(UnitOfWork.class).isActive())
                                    .isTrue()));
        }

        @Test
        void isNotMadeWhereTheApplicationHasOne() {
            application
                    .withUserConfiguration(OwnUnitOfWork.class)
                    .run(context ->
                            assertThat(context).hasSingleBean(UnitOfWork.class).hasBean("mine"));
        }

        @Test
        void isCustomized() {
            application
                    .withBean(
                            UnitOfWorkCustomizer.class,
                            () -> builder -> builder.defaultOptions(
                                    TransactionOptions.defaults().withName("custom")))
                    .run(context -> assertThat(
                                    context.getBean(UnitOfWork.class).options().name())
                            .isEqualTo("custom"));
        }

        @Test
        void takesItsSettingsFromTheProperties() {
            application
                    .withPropertyValues("hexai.resolve-unknown-commit=true", "hexai.join-every-transaction=false")
                    .run(context -> {
                        assertThat(context).doesNotHaveBean(JoinEveryTransaction.class);
                        transaction(context)
                                .executeWithoutResult(
                                        status -> assertThatThrownBy(() -> context.getBean(UnitOfWork.class)
                                                        .run(() -> {}))
                                                .isInstanceOf(IncompatibleTransactionException.class));
                    });
        }

        @Test
        void isNotMadeWithoutAnEntityManagerFactory() {
            new ApplicationContextRunner()
                    .withConfiguration(AutoConfigurations.of(
                            HexaiJpaAutoConfiguration.class,
                            HexaiJpaHealthAutoConfiguration.class,
                            HexaiJpaMetricsAutoConfiguration.class,
                            HexaiJpaSchemaAutoConfiguration.class))
                    .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(UnitOfWork.class));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Early {
        @Bean
        Runnable early(UnitOfWork unitOfWork) {
            return () -> unitOfWork.run(() -> {});
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnUnitOfWork {
        @Bean
        UnitOfWork mine(EntityManagerFactory factory) {
            return UnitOfWork.of(factory);
        }
    }

    @Nested
    class TheEventStore {

        @Test
        void knowsTheEventsOfTheApplicationsPackages() {
            application.run(context -> {
                EventStore store = context.getBean(EventStore.class);
                long before = store.lastPosition();
                store.store(new Note.Taken(id));

                assertThat(store.fetch(before, 1).events().get(0).payload()).isEqualTo(new Note.Taken(id));
            });
        }

        @Test
        void drainsWhatSpringsOwnTransactionsHaveRaised() {
            application.run(context -> {
                EventStore store = context.getBean(EventStore.class);
                long before = store.lastPosition();
                transaction(context)
                        .executeWithoutResult(status -> shared(context).persist(new Note(id)));

                assertThat(store.fetch(before, 10).events())
                        .extracting(event -> event.payload())
                        .containsExactly(new Note.Taken(id));
            });
        }

        @Test
        void isCustomizedAndTakesTheApplicationsTypes() {
            application
                    .withPropertyValues("hexai.events.drain-aggregates=false")
                    .withBean(EventTypes.class, () -> EventTypes.of())
                    .withBean(
                            EventStoreCustomizer.class,
                            () -> builder -> builder.drainAggregates(stored -> {
                                throw new IllegalStateException("seen");
                            }))
                    .run(context -> assertThatThrownBy(
                                    () -> context.getBean(UnitOfWork.class).run(em -> em.persist(new Note(id))))
                            .isInstanceOf(RuntimeException.class));
        }
    }

    @Nested
    class TheSchema {

        @Test
        void isMigratedIfAskedTo(@FromDatabase("empty") DataSource empty) {
            over(empty).withPropertyValues("hexai.migrate=true").run(context -> {
                assertThat(TableManager.of(empty).exists("hexai__events")).isTrue();
                assertThat(context.getBean(EventStore.class).lastPosition()).isZero();
            });
        }
    }

    @Nested
    class Subscriptions {

        private final List<String> handled = new CopyOnWriteArrayList<>();
        private final CountDownLatch handling = new CountDownLatch(1);

        private EventSubscription subscription(ApplicationContext context, boolean poison) {
            return EventSubscription.builder(context.getBean(EventStore.class), "notes-" + id)
                    .startAt(StartPosition.end())
                    .onPoison(PoisonPolicy.stop().withAttempts(1))
                    .on(Note.Taken.class, (taken, event) -> {
                        if (poison) {
                            throw new IllegalStateException("poison " + taken.id());
                        }
                        handling.countDown();
                        handled.add(taken.id());
                    })
                    .build();
        }

        private ApplicationContextRunner subscribing(boolean poison) {
            return application.withInitializer(context -> {
                var registry = (GenericApplicationContext) context;
                registry.registerBean("notes", EventSubscription.class, () -> subscription(context, poison));
            });
        }

        @Test
        void startWithTheApplicationAndStopWithIt() {
            EventSubscription[] seen = new EventSubscription[1];
            subscribing(false).run(context -> {
                seen[0] = context.getBean(EventSubscription.class);
                context.getBean(EventStore.class).store(new Note.Taken(id));
                seen[0].awaitCaughtUp(Duration.ofSeconds(30));

                assertThat(handling.await(0, TimeUnit.SECONDS)).isTrue();
                assertThat(handled).containsExactly(id);
            });
            assertThatThrownBy(() -> seen[0].start()).isInstanceOf(IllegalStateException.class);
        }

        @Test
        void doNotStartIfToldSo() {
            subscribing(false)
                    .withPropertyValues("hexai.subscriptions.auto-start=false")
                    .run(context -> assertThat(context.getBean(EventSubscription.class)
                                    .state()
                                    .status())
                            .isEqualTo(SubscriptionStatus.NEW));
        }

        @Test
        void areHealthyWhileTheyRun() {
            subscribing(false).run(context -> {
                context.getBean(EventStore.class).store(new Note.Taken(id));
                context.getBean(EventSubscription.class).awaitCaughtUp(Duration.ofSeconds(30));
                Health health = context.getBean(HealthIndicator.class).health();

                assertThat(health.getStatus()).isEqualTo(Status.UP);
                assertThat(health.getDetails().get("database").toString()).startsWith("PostgreSQL ");
                assertThat(health.getDetails().get("subscriptions").toString())
                        .contains("notes-" + id, "status=RUNNING", "eventsBehind=0");
            });
        }

        @Test
        void areNotHealthyOnceTheyHaveStoppedAtAnEvent() {
            subscribing(true).run(context -> {
                context.getBean(EventStore.class).store(new Note.Taken(id));
                assertThatThrownBy(
                                () -> context.getBean(EventSubscription.class).awaitCaughtUp(Duration.ofMinutes(1)))
                        .isNotNull();
                Health health = context.getBean(HealthIndicator.class).health();

                assertThat(health.getStatus()).isEqualTo(Status.DOWN);
                assertThat(health.getDetails().get("subscriptions").toString())
                        .contains("status=STOPPED", "failedPosition=")
                        .doesNotContain("poison");
            });
        }

        @Test
        void areMeasured() {
            subscribing(false)
                    .withPropertyValues("hexai.subscriptions.auto-start=false")
                    .withBean(SimpleMeterRegistry.class)
                    .run(context -> {
                        context.getBean(UnitOfWork.class)
                                .with(o -> o.withName("measured"))
                                .run(() -> {});
                        MeterRegistry registry = context.getBean(MeterRegistry.class);

                        assertThat(registry.get("hexai.subscription.lag.events")
                                        .tag("subscription", "notes")
                                        .gauge()
                                        .value())
                                .isNotNegative();
                        assertThat(registry.get("hexai.transaction")
                                        .tag("name", "measured")
                                        .timer()
                                        .count())
                                .isEqualTo(1);
                    });
        }
    }

    @Nested
    class TheHealth {

        @Test
        void isDownWithoutADatabase(PostgresConfig config) {
            HikariDataSource pool = config.withPoolSize(1).openDataSource();
            over(pool).run(context -> {
                pool.close();

                assertThat(context.getBean(HealthIndicator.class).health().getStatus())
                        .isEqualTo(Status.DOWN);
            });
        }

        @Test
        void isLeftOutIfToldSo() {
            application
                    .withPropertyValues("management.health.hexai.enabled=false")
                    .run(context -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
        }
    }

    @Nested
    class WithoutOptionalJars {

        @Test
        void theRestIsThereAllTheSame() {
            application
                    .withClassLoader(
                            new FilteredClassLoader("io.micrometer", "org.springframework.boot.health.contributor"))
                    .run(context -> assertThat(context)
                            .hasNotFailed()
                            .hasSingleBean(UnitOfWork.class)
                            .doesNotHaveBean(UnitOfWorkMetrics.class));
        }
    }

    @Test
    void hooksOfEveryCommitRunInSpringsTransactions() {
        application.run(context -> {
            List<String> seen = new CopyOnWriteArrayList<>();
            context.getBean(UnitOfWork.class).beforeEveryCommit(CommitPhase.MAIN, transaction -> seen.add("hook"));
            transaction(context).executeWithoutResult(status -> {});

            assertThat(seen).containsExactly("hook");
        });
    }
}
