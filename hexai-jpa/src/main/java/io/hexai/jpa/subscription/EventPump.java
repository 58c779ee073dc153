package io.hexai.jpa.subscription;

import io.hexai.jpa.event.DatabaseEventStore;
import io.hexai.jpa.event.EventFilter;
import io.hexai.jpa.event.EventPage;
import io.hexai.jpa.event.StoredEvent;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one partition's events to the handlers, a page at a time: together while that goes well, one by one where it does
 * not. Confined to its thread.
 */
final class EventPump {

    private static final Logger LOG = LoggerFactory.getLogger(EventSubscription.class);

    /** A checkpoint that only passes what nobody handles is not written more often. */
    private static final Duration IDLE_WRITES = Duration.ofMillis(100);

    private final SubscriptionSettings settings;
    private final DatabaseEventStore reading;
    private final Delivery delivery;
    private final Delivery.Target target;
    private final EventFilter filter;
    private final Pace pace;
    private final Troubles troubles;
    private final Delivery.Progress progress = new Delivery.Progress();
    private final Backoff outage = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(5));
    private Backoff poison;

    private long position;
    private long written;
    private long lastWrite = System.nanoTime() - IDLE_WRITES.toNanos();
    private long oneByOneUpTo;
    private long failing = -1;
    private long failingSince;
    private int attempts;
    private int outages;

    EventPump(Equipment equipment, Delivery.Target target, EventFilter filter, long position, Pace pace) {
        this.settings = equipment.settings();
        this.reading = equipment.reading();
        this.delivery = equipment.delivery();
        this.target = target;
        this.filter = filter;
        this.position = position;
        this.written = position;
        this.pace = pace;
        this.troubles = equipment.troubles();
        this.poison = settings.poison().backoff();
    }

    Term term() {
        return target.term();
    }

    long position() {
        return position;
    }

    /** Whoever goes on later begins without a past. */
    void end() {
        troubles.over(target);
    }

    @Nullable
    StoredEvent handled() {
        return progress.event();
    }

    /**
     * Handles the next page, or waits before it is tried again.
     *
     * @return whether there is nothing more to do now up to the bound
     * @throws PoisonedException if an event has failed as often as it may
     * @throws LostOwnershipException if another instance has taken over, or the subscription is paused
     */
    boolean pump(long bound) throws PoisonedException {
        try {
            boolean caughtUp = handleNext(bound);
            over();
            return caughtUp;
        } catch (LostOwnershipException | PoisonedException e) {
            throw e;
        } catch (Retry retry) {
            return false;
        } catch (Exception e) {
            waitForTheDatabase(e);
            return false;
        }
    }

    private boolean handleNext(long bound) throws Exception {
        EventPage page = reading.fetch(position, settings.batchSize(), filter);
        long upTo = Math.min(page.nextPosition(), bound);
        List<StoredEvent> events = page.events().stream()
                .filter(event -> event.position() <= bound)
                .toList();
        if (!events.isEmpty()) {
            handle(events, upTo);
        }
        if (!pace.isStopped()) {
            position = Math.max(position, upTo);
            boolean caughtUp = page.isLast() || position >= bound;
            if (position > written
                    && (position >= bound || caughtUp && sinceLastWrite().compareTo(IDLE_WRITES) >= 0)) {
                delivery.pass(target, moveTo(position));
                wrote(position);
            }
            return caughtUp;
        }
        return true;
    }

    /** For how long there is nothing to do, if nothing new comes. */
    Duration idleTime() {
        Duration untilWrite = IDLE_WRITES.minus(sinceLastWrite());
        return position == written || untilWrite.compareTo(settings.pollInterval()) > 0
                ? settings.pollInterval()
                : untilWrite.isNegative() ? Duration.ZERO : untilWrite;
    }

    private Duration sinceLastWrite() {
        return Duration.ofNanos(System.nanoTime() - lastWrite);
    }

    private Delivery.Move moveTo(long upTo) {
        return new Delivery.Move(written, upTo);
    }

    private void wrote(long upTo) {
        position = upTo;
        written = upTo;
        lastWrite = System.nanoTime();
    }

    private void handle(List<StoredEvent> events, long upTo) throws Exception {
        if (events.size() > 1 && events.get(0).position() > oneByOneUpTo && handledTogether(events, upTo)) {
            return;
        }
        for (int i = 0; i < events.size() && !pace.isStopped(); i++) {
            StoredEvent event = events.get(i);
            handleAlone(event, i == events.size() - 1 ? upTo : event.position());
        }
    }

    private boolean handledTogether(List<StoredEvent> events, long upTo) throws Exception {
        long begin = System.nanoTime();
        try {
            delivery.deliver(target, events, moveTo(upTo), progress);
        } catch (LostOwnershipException e) {
            throw e;
        } catch (Exception e) {
            if (Outage.is(e) && outages == 0) {
                throw e;
            }
            LOG.debug("Subscription '{}' handles events one by one after a failure", settings.name(), e);
            oneByOneUpTo = events.get(events.size() - 1).position();
            return false;
        }
        handled(events.size(), upTo, begin);
        return true;
    }

    private void handleAlone(StoredEvent event, long upTo) throws Exception {
        long begin = System.nanoTime();
        try {
            delivery.deliver(target, List.of(event), moveTo(upTo), progress);
        } catch (LostOwnershipException e) {
            throw e;
        } catch (Exception e) {
            if (pace.isStopped()) {
                throw new Retry();
            }
            failed(event, upTo, e);
            return;
        }
        handled(1, upTo, begin);
    }

    private void handled(int events, long upTo, long begin) {
        wrote(upTo);
        over();
        Duration duration = Duration.ofNanos(System.nanoTime() - begin);
        settings.tell(listener -> listener.handled(settings.name(), events, duration));
    }

    private void failed(StoredEvent event, long upTo, Exception failure) throws Exception {
        if (failing != event.position()) {
            failing = event.position();
            failingSince = System.nanoTime();
            attempts = 0;
            poison = settings.poison().backoff();
        }
        boolean passes = Outage.is(failure);
        if (passes
                && System.nanoTime() - failingSince
                        < settings.poison().patience().toNanos()) {
            tryAgain(event, failure, ++outages, outage);
        }
        attempts++;
        int tries = attempts + outages;
        if (attempts < settings.poison().attempts()) {
            tryAgain(event, failure, tries, poison);
        }
        giveUp(
                event,
                upTo,
                tries,
                passes ? new OutOfPatienceException(settings.poison().patience(), failure) : failure);
    }

    private void tryAgain(StoredEvent event, Exception failure, int tries, Backoff backoff) {
        troubles.add(target, event, tries, failure);
        pace.rest(backoff.next());
        throw new Retry();
    }

    private void giveUp(StoredEvent event, long upTo, int tries, Exception failure) throws Exception {
        if (!settings.poison().isParking()) {
            throw new PoisonedException(event, tries, failure);
        }
        delivery.park(target, event, moveTo(upTo), tries, failure);
        wrote(upTo);
        over();
        LOG.error(
                "Subscription '{}' has made {} a dead letter after {} attempts",
                settings.name(),
                event,
                tries,
                failure);
        settings.tell(listener -> listener.parked(settings.name(), event, failure));
    }

    /** While there is no getting at the events, no event loses time. */
    private void waitForTheDatabase(Exception failure) {
        failing = -1;
        outages++;
        troubles.add(target, progress.event(), outages, failure);
        pace.rest(outage.next());
    }

    private void over() {
        if (outages > 0 || attempts > 0) {
            troubles.over(target);
            outage.reset();
            outages = 0;
            attempts = 0;
            failing = -1;
        }
    }

    /** Leaves the page, to be read again from the checkpoint. */
    private static final class Retry extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Retry() {
            super(null, null, false, false);
        }
    }
}
