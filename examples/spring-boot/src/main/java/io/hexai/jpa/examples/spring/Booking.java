package io.hexai.jpa.examples.spring;

import io.hexai.jpa.event.AggregateRoot;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.UniqueConstraint;
import jakarta.persistence.Version;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A seat that somebody has booked; the database sees to it that nobody else has. */
@Entity
@Table(name = "booking", uniqueConstraints = @UniqueConstraint(columnNames = {"show", "seat"}))
class Booking extends AggregateRoot {

    @Id
    private UUID id = UUID.randomUUID();

    @Version
    private @Nullable Integer version;

    @Column(name = "show")
    private String show;

    @Column(name = "seat")
    private String seat;

    @Column(name = "customer")
    private String customer;

    @SuppressWarnings("NullAway.Init")
    protected Booking() {}

    Booking(String show, String seat, String customer) {
        this.show = show;
        this.seat = seat;
        this.customer = customer;
        raise(new BookingEvent.SeatBooked(show, seat, customer));
    }

    UUID id() {
        return id;
    }

    void moveTo(String newSeat) {
        raise(new BookingEvent.SeatReleased(show, seat));
        seat = newSeat;
        raise(new BookingEvent.SeatBooked(show, seat, customer));
    }

    @Override
    public String toString() {
        return customer + " in " + seat;
    }
}
