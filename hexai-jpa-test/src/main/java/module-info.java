/**
 * JUnit extensions and test doubles for code that runs on hexai-jpa.
 *
 * <p>The embedded server (no stable module name) and Testcontainers (two of its jars share a package) cannot be named
 * here; whoever calls them reads their module first.
 */
module io.hexai.jpa.test {
    exports io.hexai.jpa.test;
    exports io.hexai.jpa.test.assertj;

    requires transitive io.hexai.jpa;
    requires transitive org.junit.jupiter.api;
    requires static org.assertj.core;
    requires com.zaxxer.hikari;
    requires jakarta.persistence;
    requires org.hibernate.orm.core;
    requires org.jspecify;
    requires org.postgresql.jdbc;
    requires org.slf4j;
    requires tools.jackson.core;
    requires tools.jackson.databind;
}
