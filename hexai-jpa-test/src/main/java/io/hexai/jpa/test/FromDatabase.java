package io.hexai.jpa.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Tells which {@link TestDatabase} a parameter comes from. It goes on a parameter of a constructor, a test method or a
 * lifecycle method, and is needed where a class has several databases.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface FromDatabase {

    /**
     * Names the database.
     *
     * @return the name given to {@link TestDatabase#named}
     */
    String value();
}
