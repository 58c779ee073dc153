package io.hexai.jpa.spring.boot;

import io.hexai.jpa.subscription.EventSubscription;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.ListableBeanFactory;

/** The gauges {@code hexai.subscription.lag.events} and {@code hexai.subscription.lag.time}, with the bean's name as a tag. */
final class SubscriptionMetrics implements MeterBinder {

    private final ListableBeanFactory beans;

    SubscriptionMetrics(ListableBeanFactory beans) {
        this.beans = beans;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        beans.getBeansOfType(EventSubscription.class).forEach((name, subscription) -> {
            Tags tags = Tags.of("subscription", name);
            Gauge.builder(
                            "hexai.subscription.lag.events",
                            subscription,
                            each -> each.lag().events())
                    .tags(tags)
                    .description("Events that the subscription has not handled yet")
                    .register(registry);
            TimeGauge.builder(
                            "hexai.subscription.lag.time",
                            subscription,
                            TimeUnit.MILLISECONDS,
                            each -> each.lag().time().toMillis())
                    .tags(tags)
                    .description("Age of the oldest event that the subscription has not handled yet")
                    .register(registry);
        });
    }
}
