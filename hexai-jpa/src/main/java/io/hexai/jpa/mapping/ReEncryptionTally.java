package io.hexai.jpa.mapping;

import java.util.ArrayList;
import java.util.List;

/** Counts while a re-encryption runs. Confined to its thread. */
final class ReEncryptionTally {

    private static final int FAILURES_KEPT = 100;

    private long rewritten;
    private long changedMeanwhile;
    private long unreadable;
    private final List<EncryptedAttributeException> failures = new ArrayList<>();

    void count(int rowsUpdated) {
        if (rowsUpdated == 0) {
            changedMeanwhile++;
        } else {
            rewritten++;
        }
    }

    void unreadable(EncryptedAttributeException failure) {
        unreadable++;
        if (failures.size() < FAILURES_KEPT) {
            failures.add(failure);
        }
    }

    /** Takes over what was counted in a batch, once that is committed. */
    void add(ReEncryptionTally batch) {
        rewritten += batch.rewritten;
        changedMeanwhile += batch.changedMeanwhile;
        unreadable += batch.unreadable;
        batch.failures.stream().limit(FAILURES_KEPT - failures.size()).forEach(failures::add);
    }

    ReEncryptionReport report() {
        return new ReEncryptionReport(rewritten, changedMeanwhile, unreadable, failures);
    }

    @Override
    public String toString() {
        return rewritten + " values rewritten, " + changedMeanwhile + " changed meanwhile, " + unreadable
                + " unreadable";
    }
}
