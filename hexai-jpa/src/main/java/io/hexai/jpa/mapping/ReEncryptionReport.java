package io.hexai.jpa.mapping;

import java.util.List;

/**
 * What a {@link ReEncryption} did. Immutable.
 *
 * @param rewritten values that are now encrypted under the primary key
 * @param changedMeanwhile values that somebody else changed or removed before they could be rewritten
 * @param unreadable values that could not be decrypted, and are as they were
 * @param failures why, for the first hundred of these
 */
public record ReEncryptionReport(
        long rewritten, long changedMeanwhile, long unreadable, List<EncryptedAttributeException> failures) {

    /**
     * Creates the report.
     *
     * @param rewritten values that are now encrypted under the primary key
     * @param changedMeanwhile values that somebody else changed or removed before they could be rewritten
     * @param unreadable values that could not be decrypted, and are as they were
     * @param failures why, for the first hundred of these; copied
     */
    public ReEncryptionReport {
        failures = List.copyOf(failures);
    }

    /**
     * Returns whether the old keys are of no use any more.
     *
     * @return true if nothing was unreadable
     */
    public boolean isComplete() {
        return unreadable == 0;
    }
}
