/** Units of work and Spring's transactions in one persistence context. */
module io.hexai.jpa.spring {
    exports io.hexai.jpa.spring;

    requires transitive io.hexai.jpa;
    requires transitive spring.orm;
    requires transitive spring.tx;
    requires jakarta.persistence;
    requires org.hibernate.orm.core;
    requires org.jspecify;
    requires org.slf4j;
    requires spring.jdbc;
}
