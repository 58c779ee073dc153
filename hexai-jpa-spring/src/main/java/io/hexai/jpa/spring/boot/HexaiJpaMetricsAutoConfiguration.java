package io.hexai.jpa.spring.boot;

import io.hexai.jpa.transaction.UnitOfWork;
import io.hexai.jpa.transaction.UnitOfWorkMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Measures the unit of work and the subscriptions where Micrometer has a registry. */
@AutoConfiguration(
        after = HexaiJpaAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({MeterRegistry.class, UnitOfWork.class})
public final class HexaiJpaMetricsAutoConfiguration {

    HexaiJpaMetricsAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    UnitOfWorkMetrics unitOfWorkMetrics(MeterRegistry registry) {
        return UnitOfWorkMetrics.of(registry);
    }

    @Bean
    @ConditionalOnMissingBean
    SubscriptionMetrics subscriptionMetrics(ListableBeanFactory beans) {
        return new SubscriptionMetrics(beans);
    }
}
