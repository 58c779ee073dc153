package io.hexai.jpa.spring.boot;

import io.hexai.jpa.transaction.UnitOfWork;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** Configures the health indicator {@code hexai}, unless {@code management.health.hexai.enabled} is false. */
@AutoConfiguration(
        after = HexaiJpaAutoConfiguration.class,
        beforeName =
                "org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration")
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnSingleCandidate(UnitOfWork.class)
@ConditionalOnEnabledHealthIndicator("hexai")
public final class HexaiJpaHealthAutoConfiguration {

    HexaiJpaHealthAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(name = {"hexaiHealthIndicator", "hexaiHealthContributor"})
    HealthIndicator hexaiHealthIndicator(UnitOfWork unitOfWork, ListableBeanFactory beans) {
        return new UnitOfWorkHealthIndicator(unitOfWork, beans);
    }
}
