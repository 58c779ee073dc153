package io.hexai.jpa.examples.spring;

import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.subscription.EventSubscription;
import io.hexai.jpa.test.EmbeddedServer;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.ConfigurableApplicationContext;

/** The program: sells seats, and prints who sits where and what is told of it. */
@SpringBootApplication(proxyBeanMethods = false)
class Theatre {

    public static void main(String[] arguments) {
        try (EmbeddedServer server = EmbeddedServer.start();
                ConfigurableApplicationContext application = start(server.config())) {
            run(application, System.out);
        }
    }

    /** Where the database is, an application would read from its environment. */
    static ConfigurableApplicationContext start(PostgresConfig database) {
        SpringApplication application = new SpringApplication(Theatre.class);
        application.setDefaultProperties(Map.of(
                "spring.datasource.url", database.toJdbcUrl(),
                "spring.datasource.username", database.user(),
                "spring.datasource.password", Objects.requireNonNullElse(database.password(), "")));
        return application.run();
    }

    static void run(ConfigurableApplicationContext application, PrintStream out) {
        BoxOffice boxOffice = application.getBean(BoxOffice.class);
        out.println("taken:      " + boxOffice.bookAll("Hamlet", "Ann", List.of("A1", "A2")));
        out.println("taken:      " + boxOffice.bookAll("Hamlet", "Bob", List.of("A2", "A3")));

        Exchange exchange = application.getBean(Exchange.class);
        exchange.swap("Hamlet", "A1", "A3");
        out.println("mails:      " + exchange.mails());
        out.println("audience:   " + boxOffice.audience("Hamlet"));

        List<String> told = application.getBean(EventStore.class).fetch(0, 100).events().stream()
                .map(StoredEvent::type)
                .toList();
        out.println("events:     " + told.size() + ", the last one is " + told.get(told.size() - 1));

        application.getBean(EventSubscription.class).awaitCaughtUp(Duration.ofSeconds(30));
        out.println("attendance: "
                + application
                        .getBean(Attendances.class)
                        .findById("Hamlet")
                        .orElseThrow()
                        .seats());
        HealthIndicator health = application.getBean("hexaiHealthIndicator", HealthIndicator.class);
        out.println("health:     " + Objects.requireNonNull(health.health()).getStatus());
        out.println("exchanges:  "
                + application
                        .getBean(MeterRegistry.class)
                        .get("hexai.transaction")
                        .tag("name", "exchange")
                        .timer()
                        .count());
    }
}
