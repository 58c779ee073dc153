package io.hexai.jpa.examples.spring;

import java.util.List;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;

/** Implemented by Spring Data. */
interface Bookings extends JpaRepository<Booking, UUID> {

    Booking findByShowAndSeat(String show, String seat);

    List<Booking> findByShowOrderBySeat(String show);
}
