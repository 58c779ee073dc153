package io.hexai.jpa.spring.boot;

import io.hexai.jpa.bootstrap.HexaiJpa;
import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.jpa.autoconfigure.EntityManagerFactoryBuilderCustomizer;
import org.springframework.context.annotation.Bean;

/** Prepares the persistence unit that Spring Boot makes: adds the library's own entities, and migrates their tables if asked to. */
@AutoConfiguration(
        afterName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
        beforeName = "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration")
@ConditionalOnClass(EntityManagerFactoryBuilderCustomizer.class)
public final class HexaiJpaSchemaAutoConfiguration {

    HexaiJpaSchemaAutoConfiguration() {}

    @Bean
    @ConditionalOnBooleanProperty(name = "hexai.managed-classes", matchIfMissing = true)
    EntityManagerFactoryBuilderCustomizer hexaiManagedClasses() {
        return builder -> builder.setPersistenceUnitPostProcessors(
                unit -> HexaiJpa.managedClasses().forEach(type -> unit.addManagedClassName(type.getName())));
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnSingleCandidate(DataSource.class)
    @ConditionalOnBooleanProperty("hexai.migrate")
    BuiltInSchema hexaiBuiltInSchema(DataSource dataSource) {
        return new BuiltInSchema(dataSource);
    }
}
