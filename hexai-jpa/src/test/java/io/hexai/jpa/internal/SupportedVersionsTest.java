package io.hexai.jpa.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.UnsupportedVersionException;
import org.hibernate.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SupportedVersionsTest {

    @ParameterizedTest
    @ValueSource(strings = {"14.20", "15.19", "16.15", "17.11", "18.6 (Debian 18.6-1)", "19beta1", "of somebody's own"})
    void letsServersPass(String version) {
        assertThatCode(() -> SupportedVersions.requirePostgres(version)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"13.22", "9.6.24"})
    void refusesServersThatAreTooOld(String version) {
        assertThatThrownBy(() -> SupportedVersions.requirePostgres(version))
                .isInstanceOfSatisfying(UnsupportedVersionException.class, e -> {
                    assertThat(e.product()).isEqualTo("PostgreSQL");
                    assertThat(e.found()).isEqualTo(version);
                    assertThat(e.supported()).isEqualTo("14 or newer");
                })
                .hasMessageContaining(version)
                .hasMessageContaining("Upgrade the server");
    }

    @Test
    void letsTheHibernateOfThisBuildPass() {
        assertThatCode(() -> SupportedVersions.requireHibernate(Version.getVersionString()))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"7.3.0.Final", "7.2.25.Final", "6.6.40.Final", "8.0.0.Beta1"})
    void refusesOtherHibernates(String version) {
        assertThatThrownBy(() -> SupportedVersions.requireHibernate(version))
                .isInstanceOf(UnsupportedVersionException.class)
                .hasMessageContaining("Hibernate ORM " + version)
                .hasMessageContaining("7.4 or newer, but older than 8")
                .hasMessageContaining("dependency:tree");
    }
}
