package io.hexai.jpa.spring.boot;

import java.util.Set;
import org.springframework.boot.sql.init.dependency.AbstractBeansOfTypeDatabaseInitializerDetector;

/** Makes Spring Boot wait for the tables before it makes the persistence unit. */
final class BuiltInSchemaDetector extends AbstractBeansOfTypeDatabaseInitializerDetector {

    BuiltInSchemaDetector() {}

    @Override
    protected Set<Class<?>> getDatabaseInitializerBeanTypes() {
        return Set.of(BuiltInSchema.class);
    }
}
