package io.hexai.jpa.subscription;

/** Handles the events of one partition until it is stopped, comes to its bound, or cannot go on. */
final class PartitionWorker implements Runnable {

    /** Who has to know how a partition fares. */
    interface Supervisor {

        void handledUpTo(long position);

        /** Called on failures after which the subscription stops everywhere. */
        void failed(Term of, SubscriptionFailure failure, Throwable cause);
    }

    private final EventPump pump;
    private final Pace pace;
    private final long bound;
    private final Troubles troubles;
    private final Supervisor supervisor;

    PartitionWorker(EventPump pump, Pace pace, long bound, Troubles troubles, Supervisor supervisor) {
        this.pump = pump;
        this.pace = pace;
        this.bound = bound;
        this.troubles = troubles;
        this.supervisor = supervisor;
    }

    @Override
    public void run() {
        try {
            while (!pace.isStopped() && pump.position() < bound) {
                long seen = pace.wakes();
                boolean caughtUp = pump.pump(bound);
                supervisor.handledUpTo(pump.position());
                if (caughtUp && pump.position() < bound) {
                    pace.await(pump.idleTime(), seen);
                }
            }
        } catch (LostOwnershipException e) {
            pace.stop();
        } catch (PoisonedException e) {
            pace.stop();
            Throwable cause = e.getCause() == null ? e : e.getCause();
            supervisor.failed(pump.term(), troubles.describe(e.event(), e.attempts(), cause), cause);
        } catch (Throwable e) {
            pace.stop();
            supervisor.failed(pump.term(), troubles.describe(pump.handled(), 1, e), e);
        } finally {
            pump.end();
        }
    }
}
