package io.hexai.jpa.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.hexai.jpa.database.DatabaseNotReadyException;
import io.hexai.jpa.database.InvalidConfigException;
import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.test.ServerSource.Nothing;
import io.hexai.jpa.test.ServerSource.Server;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ServerChoiceTest {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final PostgresConfig SOMEWHERE = PostgresConfig.fromUrl("postgres://me@somewhere:5433/db");

    private final CountDownLatch never = new CountDownLatch(1);

    @AfterEach
    void endHangingProbes() {
        never.countDown();
    }

    @Nested
    class WhenSeveralSourcesAreAsked {

        @Test
        void takesTheFirstThatHasAServerAndAsksNoFurther() {
            ServerChoice choice = new ServerChoice(
                    List.of(() -> new Nothing("a is not set"), () -> new Server("b", SOMEWHERE, false), () -> {
                        throw new AssertionError("asked although there was a server already");
                    }));

            assertThat(choice.take().config()).isEqualTo(SOMEWHERE);
        }

        @Test
        void saysOnceWhichOneAndWhy() {
            ServerChoice choice = new ServerChoice(List.of(
                    () -> new Nothing("a is not set"),
                    () -> new Nothing("b is away"),
                    () -> new Server("the third", SOMEWHERE, false)));

            List<String> lines = LogLines.of(PostgresTest.class, Level.INFO, choice::take);

            assertThat(lines).containsExactly("Tests run on the third, somewhere:5433: a is not set, b is away");
        }

        @Test
        void namesAllReasonsWhenThereIsNone() {
            ServerChoice choice =
                    new ServerChoice(List.of(() -> new Nothing("a is not set"), () -> new Nothing("b is away")));

            assertThatThrownBy(choice::take)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("a is not set, b is away");
        }
    }

    @Nested
    class TheVariable {

        @Test
        void hasNoServerWhenItIsBlank() {
            assertThat(new ConfiguredServer(Map.of("HEXAI_TEST_DB_URL", " "), LONG).offer())
                    .isEqualTo(new Nothing("HEXAI_TEST_DB_URL is not set"));
        }

        @Test
        void isNamedWhenItsValueIsWrong() {
            ConfiguredServer source = new ConfiguredServer(Map.of("HEXAI_TEST_DB_URL", "mysql://localhost/db"), LONG);

            assertThatThrownBy(source::offer)
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageContaining("HEXAI_TEST_DB_URL");
        }

        @Test
        void isAnErrorAndNoFallbackWhenItsServerIsAway() {
            ConfiguredServer source = new ConfiguredServer(
                    Map.of("HEXAI_TEST_DB_URL", "postgres://me@localhost:1/db"), Duration.ofMillis(1));

            assertThatThrownBy(source::offer).isInstanceOf(DatabaseNotReadyException.class);
        }

        @Test
        void givesTheServerThatItNames() {
            PostgresConfig running = SharedServer.config();

            assertThat(new ConfiguredServer(Map.of("HEXAI_TEST_DB_URL", running.toUrl()), LONG).offer())
                    .isEqualTo(new Server("the server that HEXAI_TEST_DB_URL names", running, true));
        }
    }

    @Nested
    class Docker {

        @Test
        void givesAContainerWhenItsEngineAnswers() {
            assertThat(containers(() -> true, LONG).offer())
                    .isEqualTo(new Server("a container of postgres:17", SOMEWHERE, false));
        }

        @Test
        void isPassedOverWhenNoEngineAnswers() {
            assertThat(containers(() -> false, LONG).offer()).isEqualTo(new Nothing("no Docker engine answers"));
        }

        @Test
        void isPassedOverWhenTheProbeFails() {
            Supplier<Boolean> failing = () -> {
                throw new NoClassDefFoundError("com/github/dockerjava");
            };

            assertThat(containers(failing, LONG).offer()).isEqualTo(new Nothing("no Docker engine answers"));
        }

        @Test
        void isGivenUpWhenItsEngineAcceptsAndNeverAnswers() {
            Supplier<Boolean> hanging = () -> {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return true;
            };

            assertThat(containers(hanging, Duration.ofMillis(20)).offer())
                    .isEqualTo(new Nothing("a Docker engine did not answer within 20 ms"));
        }

        @Test
        void saysWhyWhenTheContainerDoesNotStart() {
            DockerEngine engine = new FakeEngine(() -> true, () -> {
                throw new IllegalStateException("no such image");
            });

            assertThat(containers(engine, LONG).offer())
                    .isEqualTo(new Nothing("a Docker engine answers, but starting postgres:17 failed: no such image"));
        }

        @Test
        void isNotAskedForWithoutTestcontainers() {
            ServerSource source = new ContainerServer(
                    ClassLoader.getPlatformClassLoader(),
                    Map.of(),
                    image -> {
                        throw new AssertionError("asked although Testcontainers is missing");
                    },
                    LONG);

            assertThat(source.offer()).isEqualTo(new Nothing("Testcontainers is not on the class path"));
        }

        private ServerSource containers(Supplier<Boolean> answer, Duration patience) {
            return containers(new FakeEngine(answer, () -> SOMEWHERE), patience);
        }

        private ServerSource containers(DockerEngine engine, Duration patience) {
            return new ContainerServer(
                    ServerChoiceTest.class.getClassLoader(),
                    Map.of("HEXAI_TEST_DB_IMAGE", "postgres:17"),
                    image -> engine,
                    patience);
        }
    }

    private record FakeEngine(Supplier<Boolean> answer, Supplier<PostgresConfig> server) implements DockerEngine {
        @Override
        public boolean answers() {
            return answer.get();
        }

        @Override
        public PostgresConfig startServer() {
            return server.get();
        }
    }
}
