package io.hexai.jpa.transaction;

import jakarta.persistence.EntityManagerFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.jspecify.annotations.Nullable;

/** Builds a {@link UnitOfWork}. Not thread-safe. */
public final class UnitOfWorkBuilder {

    private final SessionFactoryImplementor factory;
    private final List<UnitOfWorkListener> listeners = new ArrayList<>();
    private TransactionOptions defaults = TransactionOptions.defaults();
    private Sleeper sleeper = duration -> Thread.sleep(duration.toMillis(), duration.toNanosPart() % 1_000_000);
    private Clock clock = Clock.systemUTC();
    private Duration commitPatience = Duration.ofSeconds(15);
    private boolean unversionedOptimisticWrites;
    private boolean resolveUnknownCommit;
    private @Nullable TransactionHost host;

    UnitOfWorkBuilder(EntityManagerFactory factory) {
        this.factory = FactoryCheck.usable(factory);
    }

    /**
     * Sets the options of scopes that do not set their own.
     *
     * @param options by default {@link TransactionOptions#defaults()}
     * @return this builder
     */
    public UnitOfWorkBuilder defaultOptions(TransactionOptions options) {
        this.defaults = Objects.requireNonNull(options, "options");
        return this;
    }

    /**
     * Adds a listener.
     *
     * @param listener called in the order of addition
     * @return this builder
     */
    public UnitOfWorkBuilder listener(UnitOfWorkListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    /**
     * Sets how the delay between two attempts is waited for.
     *
     * @param newSleeper by default {@link Thread#sleep(long, int)}
     * @return this builder
     */
    public UnitOfWorkBuilder sleeper(Sleeper newSleeper) {
        this.sleeper = Objects.requireNonNull(newSleeper, "sleeper");
        return this;
    }

    /**
     * Sets the clock that deadlines are measured with.
     *
     * @param newClock by default the system's
     * @return this builder
     */
    public UnitOfWorkBuilder clock(Clock newClock) {
        this.clock = Objects.requireNonNull(newClock, "clock");
        return this;
    }

    /**
     * Allows {@link TransactionMode#OPTIMISTIC} scopes to write entities without {@code @Version}, whose concurrent
     * changes then overwrite each other.
     *
     * @return this builder
     */
    public UnitOfWorkBuilder allowUnversionedOptimisticWrites() {
        this.unversionedOptimisticWrites = true;
        return this;
    }

    /**
     * Makes sure that the server can be asked how a COMMIT ended whose answer was lost with the connection, for the price of
     * one short statement before the COMMIT of those transactions that write only in JDBC batches. All others know their id
     * for free, from their first single write, append or nested scope, and are asked about without this setting. Committed
     * counts as success, rolled back is a {@link CommitAbortedException}, which a retry policy repeats. Of a transaction
     * whose id is not known, a lost answer is a {@link CommitOutcomeUnknownException}.
     *
     * @return this builder
     */
    public UnitOfWorkBuilder resolveUnknownCommit() {
        this.resolveUnknownCommit = true;
        return this;
    }

    /**
     * Sets for how long at most a server is asked again that does not answer, or still calls in progress what a lost COMMIT
     * should end. A transaction with a timeout asks until that instead.
     *
     * @param patience by default 15 seconds; zero asks once
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public UnitOfWorkBuilder commitPatience(Duration patience) {
        if (patience.isNegative()) {
            throw new IllegalArgumentException("The commit patience must not be negative, but is " + patience + ".");
        }
        this.commitPatience = patience;
        return this;
    }

    /**
     * Lets scopes join the transactions that a framework runs over the factory, and the framework's code take part in those that
     * the unit of work begins. A joined transaction is the framework's: what only an own one can do is refused with an
     * {@link IncompatibleTransactionException}.
     *
     * @param newHost the framework
     * @return this builder
     */
    public UnitOfWorkBuilder host(TransactionHost newHost) {
        this.host = Objects.requireNonNull(newHost, "host");
        return this;
    }

    /**
     * Creates the unit of work. It borrows no connection.
     *
     * @return the unit of work
     */
    public UnitOfWork build() {
        UnitOfWorkSettings settings = new UnitOfWorkSettings(
                List.copyOf(listeners),
                sleeper,
                clock,
                commitPatience,
                unversionedOptimisticWrites,
                resolveUnknownCommit,
                host);
        return new JpaUnitOfWork(new ScopeManager(factory, settings), defaults);
    }
}
