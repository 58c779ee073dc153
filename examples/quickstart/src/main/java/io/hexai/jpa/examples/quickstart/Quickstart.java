package io.hexai.jpa.examples.quickstart;

import io.hexai.jpa.bootstrap.HexaiJpa;
import io.hexai.jpa.database.DatabaseNotReadyException;
import io.hexai.jpa.database.DatabaseOperationException;
import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventTypes;
import java.io.PrintStream;
import java.time.Duration;

/**
 * The program: imports a file of orders, then checks the events against the tables. It ends with 0 if they agree, with 3 if
 * they do not, with 2 if it was told something that it cannot start with, and with 1 if an order could not be stored. What
 * can be told stands in {@link Settings}.
 */
final class Quickstart {

    static final int UNUSABLE_SETTINGS = 2;
    static final int EVENTS_AND_TABLES_DIFFER = 3;

    private Quickstart() {}

    public static void main(String[] arguments) throws Exception {
        try {
            System.exit(run(Settings.read(System.getProperties(), System.getenv()), System.out));
        } catch (UnusableSettingException | DatabaseNotReadyException | DatabaseOperationException e) {
            System.err.println(e.getMessage());
            System.exit(UNUSABLE_SETTINGS);
        }
    }

    static int run(Settings settings, PrintStream out) throws Exception {
        try (OrderFile orders = OrderFile.open(settings.orders());
                Server server = Server.open(settings.database());
                HexaiJpa jpa = HexaiJpa.builder(server.config().withPoolSize(settings.connections()))
                        .entities(Product.class, Order.class, OrderLine.class, Payment.class)
                        .events(EventTypes.ofSealed(OrderEvent.class))
                        .migrate("classpath:quickstart/changelog.xml")
                        .build()) {
            EventStore events = jpa.eventStore();
            Report report = new Report(out);
            report.begin(settings, server);
            long before = events.lastPosition();
            Catalogue.stock(jpa.unitOfWork(), events);

            Tally tally = new Tally();
            long start = System.nanoTime();
            OrderDesk desk = new OrderDesk(jpa.unitOfWork(), events, retry -> tally.retried());
            new OrderImport(orders, desk, tally).run(settings.threads());
            Duration duration = Duration.ofNanos(System.nanoTime() - start);

            Audit audit = Audit.of(jpa.unitOfWork(), events);
            report.end(tally, audit, events.count(before), duration);
            return audit.agrees() ? 0 : EVENTS_AND_TABLES_DIFFER;
        }
    }
}
