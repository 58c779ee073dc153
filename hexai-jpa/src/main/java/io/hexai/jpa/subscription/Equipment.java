package io.hexai.jpa.subscription;

import io.hexai.jpa.event.DatabaseEventStore;
import org.hibernate.SessionFactory;

/** What all need that work for a subscription. */
record Equipment(
        SubscriptionSettings settings,
        SubscriptionRows rows,
        Delivery delivery,
        DatabaseEventStore reading,
        SessionFactory factory,
        Troubles troubles) {}
