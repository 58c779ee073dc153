/** An application that is a module itself. */
// region module-path
module io.hexai.jpa.examples.modulepath {
    requires io.hexai.jpa;

    // Hibernate and Jackson fill what nobody else sees, and Queries calls the constructors of records.
    opens io.hexai.jpa.examples.modulepath to
            org.hibernate.orm.core,
            tools.jackson.databind,
            io.hexai.jpa;
}
// endregion
