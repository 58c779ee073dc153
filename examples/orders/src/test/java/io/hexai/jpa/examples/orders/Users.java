package io.hexai.jpa.examples.orders;

import io.hexai.jpa.repository.EntityRepository;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.util.Optional;
import org.hibernate.query.range.Range;
import org.hibernate.query.restriction.Restriction;

/** The users of the walk-through. */
final class Users extends EntityRepository<Users.User, Long> {

    Users(UnitOfWork unitOfWork) {
        super(unitOfWork, User.class);
    }

    Optional<User> named(String username) {
        return findOne(Restriction.restrict(User.class, "username", Range.singleValue(username)));
    }

    /** Somebody with an identifier from a sequence. */
    @Entity
    @Table(name = "users")
    static class User {
        @Id
        @GeneratedValue(strategy = GenerationType.SEQUENCE)
        Long id;

        @Version
        int version;

        @Column(unique = true)
        String username;

        String status = "active";

        String password;

        protected User() {}

        User(String username) {
            this.username = username;
        }
    }
}
