package io.hexai.jpa.examples.spring;

import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.UnitOfWork;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.exception.ConstraintViolationException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Spring's transactions, with the unit of work inside. */
@Service
class BoxOffice {

    private final Bookings bookings;
    private final UnitOfWork unitOfWork;

    BoxOffice(Bookings bookings, UnitOfWork unitOfWork) {
        this.bookings = bookings;
        this.unitOfWork = unitOfWork;
    }

    /** Books those of the seats that are free, in one transaction, and returns the others. */
    @Transactional
    public List<String> bookAll(String show, String customer, List<String> seats) {
        List<String> taken = new ArrayList<>();
        for (String seat : seats) {
            try {
                unitOfWork.with(Propagation.NESTED).run(() -> bookings.save(new Booking(show, seat, customer)));
            } catch (ConstraintViolationException e) {
                taken.add(seat);
            }
        }
        return taken;
    }

    @Transactional
    public void move(String show, String from, String to) {
        bookings.findByShowAndSeat(show, from).moveTo(to);
    }

    @Transactional(readOnly = true)
    public List<Booking> audience(String show) {
        return bookings.findByShowOrderBySeat(show);
    }
}
