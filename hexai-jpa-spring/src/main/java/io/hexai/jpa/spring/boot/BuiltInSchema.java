package io.hexai.jpa.spring.boot;

import io.hexai.jpa.database.Migrations;
import javax.sql.DataSource;
import org.springframework.beans.factory.InitializingBean;

/** Migrates the library's own tables before anything that needs the database is made. */
final class BuiltInSchema implements InitializingBean {

    private final DataSource dataSource;

    BuiltInSchema(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    @Override
    public void afterPropertiesSet() {
        Migrations.runBuiltIn(dataSource);
    }
}
