package io.hexai.jpa.spring.boot;

import io.hexai.jpa.event.PositionStrategy;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties {@code hexai.*}. Immutable.
 *
 * @param joinEveryTransaction whether the unit of work takes part in each transaction of Spring's from its begin on
 * @param managedClasses whether the library's own entities are added to the persistence unit that Spring Boot makes
 * @param migrate whether the library's own tables are migrated before the persistence unit is made
 * @param commitPatience for how long at most a server is asked how a lost COMMIT ended
 * @param resolveUnknownCommit whether each transaction fetches its id for that question; transactions of Spring's cannot be
 *     joined then
 * @param allowUnversionedOptimisticWrites whether optimistic scopes may write entities without a version
 * @param events the event store
 * @param subscriptions the event subscriptions
 */
@ConfigurationProperties("hexai")
public record HexaiJpaProperties(
        @DefaultValue("true") boolean joinEveryTransaction,
        @DefaultValue("true") boolean managedClasses,
        @DefaultValue("false") boolean migrate,
        @DefaultValue("15s") Duration commitPatience,
        @DefaultValue("false") boolean resolveUnknownCommit,
        @DefaultValue("false") boolean allowUnversionedOptimisticWrites,
        @DefaultValue Events events,
        @DefaultValue Subscriptions subscriptions) {

    /**
     * The event store. Immutable.
     *
     * @param drainAggregates whether the store drains what aggregates have raised, before each commit
     * @param positionStrategy where positions come from
     */
    public record Events(
            @DefaultValue("true") boolean drainAggregates,
            @DefaultValue("sequence") PositionStrategy positionStrategy) {}

    /**
     * The event subscriptions. Immutable.
     *
     * @param autoStart whether subscriptions that are beans start with the application
     */
    public record Subscriptions(@DefaultValue("true") boolean autoStart) {}
}
