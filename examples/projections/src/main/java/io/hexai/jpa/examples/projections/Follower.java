package io.hexai.jpa.examples.projections;

import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.subscription.EventSubscription;
import io.hexai.jpa.subscription.SubscriptionListener;
import java.io.IOException;

/** The program of a process that follows: until its standard input ends, as it does when who has started it is gone. */
final class Follower {

    static final String ACTIVE = "active";

    private Follower() {}

    public static void main(String[] arguments) throws IOException {
        try (Warehouse warehouse = Warehouse.open(PostgresConfig.fromEnv("WAREHOUSE_DB"));
                EventSubscription stockLevels =
                        warehouse.stockLevels().listener(new Announcement()).build()) {
            stockLevels.start();
            System.in.readAllBytes();
        }
    }

    private static final class Announcement implements SubscriptionListener {

        @Override
        public void started(String subscription) {
            System.out.println(ACTIVE);
        }
    }
}
