package io.hexai.jpa.examples.isolated;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class DomainIsIsolatedTest {

    // region rule
    static final ArchRule ISOLATED = classes()
            .that()
            .resideInAPackage("..domain..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("..domain..", "java..", "org.jspecify..");
    // endregion

    private static final JavaClasses PROGRAM = new ClassFileImporter().importPackages("io.hexai.jpa.examples.isolated");

    @Test
    void fromPersistence() {
        ISOLATED.check(PROGRAM);
    }

    @Test
    void andTheRuleWouldNoticeOtherwise() {
        ArchRule ofTheRows = classes()
                .that()
                .resideInAPackage("..persistence..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("..domain..", "java..", "org.jspecify..");

        Assertions.assertThatThrownBy(() -> ofTheRows.check(PROGRAM)).hasMessageContaining("jakarta.persistence");
    }
}
