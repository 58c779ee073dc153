package io.hexai.jpa.examples.orders;

import jakarta.data.repository.CrudRepository;
import jakarta.data.repository.Query;
import jakarta.data.repository.Repository;

// region stateless
/** A repository of Jakarta Data as the specification has it: stateless, every call is a statement. */
@Repository
interface OrderArchive extends CrudRepository<ArchivedOrder, String> {

    @Query("select count(this) where customer = :customer")
    long countOf(String customer);
}
// endregion
