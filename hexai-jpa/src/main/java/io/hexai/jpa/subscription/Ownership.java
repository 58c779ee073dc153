package io.hexai.jpa.subscription;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Becomes the owner of a subscription, and shuts out those before. Confined to the coordinator's thread. */
final class Ownership {

    private static final Logger LOG = LoggerFactory.getLogger(EventSubscription.class);

    private final SubscriptionSettings settings;
    private final SubscriptionRows rows;
    private final Checkpoints checkpoints;
    private final String self = describeSelf();

    Ownership(SubscriptionSettings settings, SubscriptionRows rows, Checkpoints checkpoints) {
        this.settings = settings;
        this.rows = rows;
        this.checkpoints = checkpoints;
    }

    private static String describeSelf() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "unknown host";
        }
        return host + " process " + ProcessHandle.current().pid() + " " + UUID.randomUUID();
    }

    String self() {
        return self;
    }

    /** Returns null if another instance is the owner, or has newer handlers. */
    @Nullable
    Term acquire() {
        SubscriptionRow row = rows.acquire(self, settings.lease(), settings.version());
        if (row == null) {
            if (rows.read() == null) {
                // Somebody has emptied the tables: it begins anew.
                rows.register(settings);
            }
            return null;
        }
        Term term = new Term(settings.name(), row.id(), row.epoch(), self);
        endOthers(term);
        fence(term);
        endOthers(term);
        return term;
    }

    /** A former owner that hangs right between the last statement of a transaction and its COMMIT is in the way. */
    private void fence(Term term) {
        rows.callAsOwner(term, (connection, row) -> {
            checkpoints.fence(connection, term);
            return true;
        });
    }

    private void endOthers(Term term) {
        try {
            List<Integer> ended = rows.callAsOwner(term, (connection, row) -> checkpoints.endOthers(connection, term));
            if (!ended.isEmpty()) {
                LOG.warn(
                        "Subscription '{}' was taken over; open transactions of its former owner were ended, of server"
                                + " process(es) {}",
                        settings.name(),
                        ended);
            }
        } catch (LostOwnershipException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.warn(
                    "Subscription '{}' was taken over, but this role may not end the open transactions of its former owner;"
                            + " events may have to wait for the locks that they hold",
                    settings.name(),
                    e);
        }
    }
}
