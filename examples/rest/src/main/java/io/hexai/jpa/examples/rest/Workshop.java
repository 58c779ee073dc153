package io.hexai.jpa.examples.rest;

import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.database.Migrations;
import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Persistence;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.glassfish.jersey.inject.hk2.AbstractBinder;
import org.glassfish.jersey.jdkhttp.JdkHttpServerFactory;
import org.glassfish.jersey.server.ResourceConfig;

/** The application: a pool, a factory from {@code persistence.xml}, a unit of work over it, and the resources. */
final class Workshop implements AutoCloseable {

    private static final int NO_DELAY = 0;

    private final HikariDataSource pool;
    private final EntityManagerFactory factory;
    private final HttpServer server;

    Workshop(PostgresConfig database, int port, Duration timeout) {
        Migrations.runBuiltIn(database);
        Migrations.run(database, "classpath:workshop/changelog.xml");
        pool = database.openDataSource();
        factory = Persistence.createEntityManagerFactory(
                "workshop", Map.of("jakarta.persistence.nonJtaDataSource", pool));
        UnitOfWork unitOfWork = UnitOfWork.builder(factory)
                .defaultOptions(TransactionOptions.defaults().withTimeout(timeout))
                .build();
        EventStore events = EventStore.builder(unitOfWork)
                .types(EventTypes.ofSealed(RepairEvent.class))
                .build();
        ResourceConfig resources = new ResourceConfig(Failures.MAPPERS)
                .register(RepairResource.class)
                .register(new AbstractBinder() {
                    @Override
                    protected void configure() {
                        bind(unitOfWork).to(UnitOfWork.class);
                        bind(events).to(EventStore.class);
                    }
                });
        server = JdkHttpServerFactory.createHttpServer(URI.create("http://localhost:" + port + "/"), resources);
    }

    URI address() {
        return URI.create("http://localhost:" + server.getAddress().getPort() + "/");
    }

    @Override
    public void close() {
        server.stop(NO_DELAY);
        factory.close();
        pool.close();
    }
}
