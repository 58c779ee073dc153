package io.hexai.jpa.examples.orders;

import io.hexai.jpa.bootstrap.HexaiJpa;
import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.event.StoredEvent;
import io.hexai.jpa.repository.StaleEditException;
import io.hexai.jpa.test.EmbeddedServer;
import io.hexai.jpa.transaction.UnitOfWork;
import java.io.PrintStream;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;

/**
 * The program: places, pays and cancels orders, and prints what became of them, which events tell of it, and the summary that
 * is made from these.
 */
final class Orders {

    private Orders() {}

    public static void main(String[] arguments) {
        try (EmbeddedServer server = EmbeddedServer.start();
                HexaiJpa jpa = open(server.config())) {
            run(jpa, System.out);
        }
    }

    static HexaiJpa open(PostgresConfig config) {
        return HexaiJpa.builder(config)
                .entities(PurchaseOrder.class, OrderLine.class, ArchivedOrder.class, OrderSummary.class)
                .events(EventTypes.ofSealed(OrderEvent.class), events -> events.drainAggregates())
                .migrate("classpath:orders/changelog.xml")
                .build();
    }

    static void run(HexaiJpa jpa, PrintStream out) {
        UnitOfWork unitOfWork = jpa.unitOfWork();
        OrderDesk desk = new OrderDesk(unitOfWork);
        desk.place("order-1", "Ann", new OrderLine("tea", 2, 900), new OrderLine("cup", 1, 450));
        desk.place("order-2", "Ann", new OrderLine("tea", 1, 450));
        desk.place("order-3", "Bob", new OrderLine("pot", 1, 2_500));
        out.println("open for Ann:  " + desk.openOrders("Ann"));

        desk.pay("order-1");
        desk.cancel("order-3", 0, "out of stock");
        try {
            desk.cancel("order-1", 0, "changed my mind"); // decided upon what was shown before it was paid
        } catch (StaleEditException e) {
            out.println("stale edit:    " + e.id() + " is at version " + e.actualVersion());
        }

        OrderReports reports = new OrderReports(unitOfWork);
        unitOfWork.run(() -> reports.turnover(EnumSet.of(OrderStatus.PLACED, OrderStatus.PAID))
                .forEach(row -> out.println("turnover:      " + row.customer() + ", " + row.orders() + " orders, "
                        + row.cents() + " cents")));

        DataRepositories repositories = new DataRepositories(unitOfWork);
        unitOfWork.run(() -> repositories
                .search()
                .matching(OrderStatus.PAID, "%")
                .forEach(order ->
                        repositories.archive().insert(new ArchivedOrder(order.id(), order.customer(), order.cents()))));
        out.println(
                "archived:      " + unitOfWork.call(() -> repositories.archive().countOf("Ann")));

        List<String> told = jpa.eventStore().fetch(0, 100).events().stream()
                .map(StoredEvent::type)
                .toList();
        out.println("events:        " + told);

        try (OrderSummaries summaries = OrderSummaries.follow(jpa)) {
            summaries.subscription().awaitCaughtUp(Duration.ofMinutes(1));
            summaries.all().forEach(summary -> out.println("summary:       " + summary));
        }
    }
}
