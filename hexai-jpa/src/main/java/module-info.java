/** A propagating unit of work, an event store and migrations for PostgreSQL with JPA/Hibernate. */
module io.hexai.jpa {
    exports io.hexai.jpa;
    exports io.hexai.jpa.bootstrap;
    exports io.hexai.jpa.database;
    exports io.hexai.jpa.event;
    exports io.hexai.jpa.mapping;
    exports io.hexai.jpa.query;
    exports io.hexai.jpa.repository;
    exports io.hexai.jpa.subscription;
    exports io.hexai.jpa.transaction;

    opens io.hexai.jpa.event to
            org.hibernate.orm.core;
    opens io.hexai.jpa.mapping to
            org.hibernate.orm.core;
    opens io.hexai.jpa.subscription to
            org.hibernate.orm.core;

    requires transitive jakarta.persistence;
    requires transitive java.sql;
    requires transitive org.jspecify;
    requires transitive com.zaxxer.hikari;
    requires transitive tools.jackson.databind;
    requires static com.google.crypto.tink;
    requires static jakarta.data;
    requires static micrometer.core;
    requires static microprofile.config.api;
    requires io.hexai.jpa.liquibase;
    requires transitive liquibase.core;
    requires transitive org.hibernate.orm.core;
    requires org.postgresql.jdbc;
    requires org.slf4j;
    requires jdk.jfr;

    provides org.hibernate.integrator.spi.Integrator with
            io.hexai.jpa.database.SchemaModelIntegrator,
            io.hexai.jpa.event.RaisedEventsIntegrator,
            io.hexai.jpa.mapping.MappingIntegrator;
}
