package io.hexai.jpa.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.hexai.jpa.bootstrap.HexaiJpa;
import io.hexai.jpa.database.PostgresConfig;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@PostgresTest(entities = Note.class)
class RollbackUnitOfWorkTest {

    private final PostgresConfig config;
    private final DataSource dataSource;
    private final List<HexaiJpa> opened = new ArrayList<>();
    private RollbackUnitOfWork unitOfWork;

    RollbackUnitOfWorkTest(PostgresConfig config, DataSource dataSource) {
        this.config = config;
        this.dataSource = dataSource;
    }

    @BeforeEach
    void begin() {
        unitOfWork = RollbackUnitOfWork.begin(dataSource, rolledBack -> {
            HexaiJpa hexaiJpa = HexaiJpa.builder(config)
                    .entities(Note.class)
                    .dataSource(rolledBack)
                    .build();
            opened.add(hexaiJpa);
            return hexaiJpa.unitOfWork();
        });
    }

    @AfterEach
    void end() {
        unitOfWork.close();
        opened.forEach(HexaiJpa::close);
        assertThat(SharedServer.select(config, "SELECT count(*) FROM note")).containsExactly("0");
    }

    @Test
    void keepsWhatItDidUntilItIsRolledBack() {
        unitOfWork.run(em -> em.persist(new Note(1, "one")));
        assertThat(count()).isOne();

        unitOfWork.rollBack();

        assertThat(count()).isZero();
        unitOfWork.run(em -> em.persist(new Note(1, "again")));
    }

    @Test
    void cannotBeRolledBackInsideAScope() {
        unitOfWork.run(() -> {
            assertThatThrownBy(() -> unitOfWork.rollBack()).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> unitOfWork.close()).isInstanceOf(IllegalStateException.class);
        });
    }

    @Test
    void endsForGoodWhenItIsClosed() {
        List<String> complaints = LogLines.of(RollbackUnitOfWork.class, Level.WARN, () -> {
            unitOfWork.close();
            unitOfWork.close();
        });

        assertThat(complaints).isEmpty();
        assertThatThrownBy(() -> unitOfWork.rollBack()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> unitOfWork.dataSource().getConnection()).isInstanceOf(SQLException.class);
    }

    private long count() {
        return unitOfWork.call(
                em -> em.createQuery("select count(*) from Note", Long.class).getSingleResult());
    }
}
