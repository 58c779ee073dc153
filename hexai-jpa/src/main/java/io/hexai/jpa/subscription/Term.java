package io.hexai.jpa.subscription;

/**
 * The time for which an instance owns a subscription.
 *
 * @param id of the subscription, for locks
 * @param epoch greater than those of all owners before, unless the tables were emptied
 * @param owner the instance
 */
record Term(String subscription, int id, long epoch, String owner) {}
