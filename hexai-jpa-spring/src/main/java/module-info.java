/** Units of work and Spring's transactions in one persistence context, and what Spring Boot configures by itself. */
module io.hexai.jpa.spring {
    exports io.hexai.jpa.spring;
    exports io.hexai.jpa.spring.boot;

    opens io.hexai.jpa.spring.boot to
            spring.beans,
            spring.boot,
            spring.context,
            spring.core;

    requires transitive io.hexai.jpa;
    requires transitive spring.orm;
    requires transitive spring.tx;
    requires jakarta.persistence;
    requires org.hibernate.orm.core;
    requires org.jspecify;
    requires org.slf4j;
    requires spring.beans;
    requires spring.context;
    requires spring.core;
    requires spring.jdbc;
    requires static transitive micrometer.core;
    requires static transitive spring.boot;
    requires static transitive spring.boot.autoconfigure;
    requires static transitive spring.boot.health;
    requires static transitive spring.boot.jpa;
    requires static transitive spring.boot.persistence;
    requires static spring.boot.sql;
}
