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

    ReEncryptionReport report() {
        return new ReEncryptionReport(rewritten, changedMeanwhile, unreadable, failures);
    }
}
