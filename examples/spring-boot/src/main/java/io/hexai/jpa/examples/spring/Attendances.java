package io.hexai.jpa.examples.spring;

import org.springframework.data.jpa.repository.JpaRepository;

/** Implemented by Spring Data. */
interface Attendances extends JpaRepository<Attendance, String> {}
