package io.hexai.jpa.examples.spring;

import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.subscription.EventSubscription;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Starts and stops with the application. Handlers run in a unit of work, where Spring Data repositories work as everywhere. */
@Configuration(proxyBeanMethods = false)
class AttendanceSubscription {

    @Bean
    EventSubscription attendance(EventStore store, Attendances attendances) {
        return EventSubscription.builder(store, "attendance")
                .on(BookingEvent.SeatBooked.class, (booked, event) -> add(attendances, booked.show(), 1))
                .on(BookingEvent.SeatReleased.class, (released, event) -> add(attendances, released.show(), -1))
                .build();
    }

    private static void add(Attendances attendances, String show, int seats) {
        Attendance attendance = attendances.findById(show).orElseGet(() -> attendances.save(new Attendance(show)));
        attendance.add(seats);
    }
}
