package io.hexai.jpa.spring.boot;

import io.hexai.jpa.subscription.EventSubscription;
import io.hexai.jpa.subscription.SubscriptionFailure;
import io.hexai.jpa.subscription.SubscriptionState;
import io.hexai.jpa.subscription.SubscriptionStatus;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.UnitOfWork;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Up as long as the database answers and no subscription has stopped for a failure. Tells of each what it is doing and how far it
 * is behind; of failures only which event they were at, since messages may hold the values of rows.
 */
final class UnitOfWorkHealthIndicator extends AbstractHealthIndicator {

    private final UnitOfWork unitOfWork;
    private final ListableBeanFactory beans;

    UnitOfWorkHealthIndicator(UnitOfWork unitOfWork, ListableBeanFactory beans) {
        super("The health of the unit of work or of a subscription could not be told");
        this.unitOfWork = unitOfWork.with(TransactionOptions.defaults()
                .withPropagation(Propagation.NEW)
                .withReadOnly(true)
                .withTimeout(Duration.ofSeconds(10))
                .withName("health"));
        this.beans = beans;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        health.up().withDetail("database", serverVersion());
        Map<String, Map<String, Object>> details = new LinkedHashMap<>();
        for (EventSubscription subscription :
                beans.getBeansOfType(EventSubscription.class).values()) {
            SubscriptionState state = subscription.state();
            details.put(state.name(), details(state));
            if (state.status() == SubscriptionStatus.STOPPED || state.status() == SubscriptionStatus.FAILED) {
                health.down();
            }
        }
        if (!details.isEmpty()) {
            health.withDetail("subscriptions", details);
        }
    }

    private String serverVersion() {
        return unitOfWork.call(entityManager -> (String) entityManager
                .createNativeQuery("SELECT 'PostgreSQL ' || current_setting('server_version')", String.class)
                .getSingleResult());
    }

    private static Map<String, Object> details(SubscriptionState state) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("status", state.status());
        details.put("eventsBehind", state.lag().events());
        details.put("timeBehind", state.lag().time());
        details.put("deadLetters", state.deadLetters());
        SubscriptionFailure failure = state.failure();
        if (failure != null) {
            details.put("failedAt", failure.at());
            if (failure.position() != null) {
                details.put("failedPosition", failure.position());
            }
        }
        return details;
    }
}
