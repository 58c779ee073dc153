package io.hexai.jpa;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.conditions.ArchConditions.haveNameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import jakarta.persistence.metamodel.StaticMetamodel;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * The house rules that the compiler does not know. They hold for the module in whose directory they run: {@code
 * hexai-jpa-test} runs this very class on its own code.
 */
class ArchitectureTest {

    private static final Path MODULE = Path.of(System.getProperty("basedir", ""));

    private static JavaClasses main;
    private static JavaClasses tests;
    private static SourceTree source;

    @BeforeAll
    static void readTheModule() throws IOException {
        main = new ClassFileImporter().importPath(MODULE.resolve("target/classes"));
        tests = new ClassFileImporter().importPath(MODULE.resolve("target/test-classes"));
        source = SourceTree.parse(MODULE.resolve("src/main/java"));
    }

    @Nested
    class Packages {

        @Test
        void areFreeOfCycles() {
            check(
                    main,
                    SlicesRuleDefinition.slices()
                            .assignedFrom(new ByPackage())
                            .should()
                            .beFreeOfCycles());
        }

        @Test
        void ofTheTransactionImportNoOtherFeature() {
            check(
                    main,
                    noClasses()
                            .that()
                            .resideInAPackage("io.hexai.jpa.transaction..")
                            .should()
                            .dependOnClassesThat(resideInAPackage("io.hexai.jpa.*..")
                                    .and(resideInAnyPackage("io.hexai.jpa.transaction..", "io.hexai.jpa.internal..")
                                            .negate()))
                            .because(
                                    "every feature builds on the unit of work; let the feature register a hook or a listener"));
        }

        @Test
        void areNamedAfterFeatures() {
            check(
                    main,
                    noClasses()
                            .should()
                            .resideInAnyPackage("..util..", "..utils..", "..impl..", "..model..", "..service..")
                            .because("what implements a feature lies package-private beside its interface"));
        }

        @Test
        void areNullMarked() {
            var packages = new TreeSet<String>();
            main.stream()
                    .map(JavaClass::getPackageName)
                    .filter(name -> !name.isEmpty())
                    .forEach(packages::add);

            assertThat(packages).isNotEmpty().allSatisfy(name -> {
                assertThat(main.contain(name + ".package-info")
                                && main.get(name + ".package-info")
                                        .isAnnotatedWith("org.jspecify.annotations.NullMarked"))
                        .as("%s: add a package-info.java with @NullMarked", name)
                        .isTrue();
            });
        }
    }

    @Nested
    class Types {

        @Test
        void thatArePublicAreClosedOrMadeForExtension() {
            check(main, classes().should(new BeClosedOrMadeForExtension()));
        }

        @Test
        void sayHowTheyDoItInTheirName() {
            check(
                    main,
                    noClasses()
                            .should(haveNameMatching(".*Impl").or(haveNameMatching(".*[.$]Default[A-Z].*")))
                            .because("an implementation's name says how, like JpaEventStore"));
        }

        @Test
        void shareNoMutableState() {
            check(
                    main,
                    fields().that()
                            .areStatic()
                            .and()
                            .areDeclaredInClassesThat()
                            .areNotAnnotatedWith(StaticMetamodel.class)
                            .should()
                            .beFinal()
                            .because("static state is shared by every unit of work"));
        }

        @Test
        void keepTheirFieldsToThemselves() {
            check(main, fields().should().notBeProtected().because("a subclass gets methods, not fields"));
        }

        @Test
        void knowNothingOfSpringButInTheModuleForIt() {
            check(
                    main,
                    noClasses()
                            .that()
                            .resideOutsideOfPackage("io.hexai.jpa.spring..")
                            .should()
                            .dependOnClassesThat()
                            .resideInAPackage("org.springframework.."));
        }

        @Test
        void logThroughSlf4jOnly() {
            check(main, NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING);
            check(main, NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS);
        }
    }

    @Nested
    class Tests {

        @Test
        void allRun() {
            check(
                    tests,
                    noClasses()
                            .should()
                            .dependOnClassesThat(resideInAPackage("org.junit.jupiter.api.condition..")
                                    .or(name("org.junit.jupiter.api.Disabled"))
                                    .or(name("org.junit.jupiter.api.Assumptions"))
                                    .or(name("org.assertj.core.api.Assumptions"))
                                    .or(name("org.opentest4j.TestAbortedException")))
                            .because("a test that may be skipped proves nothing; start what it needs"));
        }

        @Test
        void doNotSleep() {
            check(
                    tests,
                    noClasses()
                            .should()
                            .callMethod(Thread.class, "sleep", long.class)
                            .orShould()
                            .callMethod(Thread.class, "sleep", Duration.class)
                            .because("a sleep is too long or too short; wait with a latch, a barrier or a clock"));
        }
    }

    private static void check(JavaClasses classes, ArchRule rule) {
        rule.allowEmptyShould(true).check(classes);
    }

    private static final class ByPackage implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return type.getPackageName().isEmpty()
                    ? SliceIdentifier.ignore()
                    : SliceIdentifier.of(type.getPackageName());
        }

        @Override
        public String getDescription() {
            return "packages";
        }
    }

    private static final class BeClosedOrMadeForExtension extends ArchCondition<JavaClass> {
        BeClosedOrMadeForExtension() {
            super(
                    "be final, sealed, an interface, an enum, a record, or abstract with \"Extend this to\" in the javadoc");
        }

        @Override
        public void check(JavaClass type, ConditionEvents events) {
            Class<?> reflected = type.reflect();
            if (isVisibleToUsers(reflected) && !isClosed(reflected) && !isMadeForExtension(type)) {
                events.add(SimpleConditionEvent.violated(
                        type,
                        type.getName() + " is public and open: make it final or package-private, or abstract with"
                                + " \"Extend this to\" in its javadoc " + type.getSourceCodeLocation()));
            }
        }

        private static boolean isVisibleToUsers(Class<?> type) {
            for (Class<?> c = type; c != null; c = c.getEnclosingClass()) {
                if ((c.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED)) == 0) {
                    return false;
                }
            }
            return true;
        }

        private static boolean isClosed(Class<?> type) {
            return type.isInterface()
                    || type.isEnum()
                    || type.isRecord()
                    || type.isSealed()
                    || Modifier.isFinal(type.getModifiers());
        }

        private static boolean isMadeForExtension(JavaClass type) {
            String javadoc = source.ofType(type.getName());
            return Modifier.isAbstract(type.reflect().getModifiers())
                    && (javadoc.contains("Extend this to")
                            || type.isAssignableTo(Throwable.class) && javadoc.startsWith("The root of"));
        }
    }
}
