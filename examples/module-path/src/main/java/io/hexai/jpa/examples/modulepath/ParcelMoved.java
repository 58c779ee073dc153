package io.hexai.jpa.examples.modulepath;

import io.hexai.jpa.event.EventType;

/** A parcel has got to another place. */
@EventType("parcel.moved")
record ParcelMoved(String parcel, String place) {}
