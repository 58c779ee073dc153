package io.hexai.jpa.event;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names a class as an event. The name, not the class, is what is stored: the class may be renamed and moved freely. Not
 * inherited by subclasses.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface EventType {

    /**
     * Returns the name of the event type, such as {@code order.order-placed}.
     *
     * @return unique among the types of a store
     */
    String value();

    /**
     * Returns the version of the payload's shape; an {@link Upcaster} lifts what was stored with an older one.
     *
     * @return 1 or greater
     */
    int version() default 1;
}
