package io.hexai.jpa.examples.spring;

import io.hexai.jpa.event.EventType;

/** What is told of bookings. */
sealed interface BookingEvent {

    String show();

    @EventType("theatre.seat-booked")
    record SeatBooked(String show, String seat, String customer) implements BookingEvent {}

    @EventType("theatre.seat-released")
    record SeatReleased(String show, String seat) implements BookingEvent {}
}
