package io.hexai.jpa.examples.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.test.PostgresTest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What each peer does on each of the nine failures, with one plain factory for all. */
@PostgresTest(entities = Account.class, builtIn = false)
@TestInstance(Lifecycle.PER_CLASS)
class PeersTest {

    private static final String HEXAI = "hexai-jpa";

    private final Map<String, Map<Failure, String>> observed = new LinkedHashMap<>();
    private SessionFactory factory;

    @BeforeAll
    void runThem(DataSource dataSource) {
        factory = new HibernatePersistenceConfiguration("peers")
                .managedClass(Account.class)
                .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, dataSource)
                .createEntityManagerFactory();
        Accounts accounts = new Accounts(dataSource);
        ScopeEnd.prepare(accounts);
        peers(dataSource).forEach((name, peer) -> {
            Map<Failure, String> outcomes = new LinkedHashMap<>();
            for (Failure failure : Failure.values()) {
                outcomes.put(failure, failure.observe(new Trial(peer, accounts, name + " " + failure)));
            }
            observed.put(name, outcomes);
        });
    }

    @AfterAll
    void close() {
        factory.close();
    }

    @Test
    void areAsThePageSays() throws IOException {
        assertThat(PageTable.read())
                .as(
                        "The table in docs/guide/unit-of-work-compared.md; replace it by the expected one, and check the text around it")
                .isEqualTo(table());
    }

    @ParameterizedTest
    @EnumSource
    void hurtNobodyWhoUsesTheLibrary(Failure failure) {
        assertThat(observed.get(HEXAI).get(failure)).isEqualTo(failure.right());
    }

    private Map<String, Peer> peers(DataSource dataSource) {
        Map<String, Peer> peers = new LinkedHashMap<>();
        peers.put("plain Hibernate", new PlainHibernate(factory));
        peers.put("`JpaTransactionManager`", SpringTransactions.ofJpa(factory, dataSource));
        peers.put("`HibernateTransactionManager`", SpringTransactions.ofHibernate(factory));
        peers.put(HEXAI, new HexaiScopes(factory));
        return peers;
    }

    private String table() {
        List<String> header = new ArrayList<>(List.of("failure", "should be"));
        header.addAll(observed.keySet());
        List<String> lines = new ArrayList<>();
        lines.add(row(header));
        lines.add("|---".repeat(header.size()) + "|");
        for (Failure failure : Failure.values()) {
            List<String> cells = new ArrayList<>(List.of(failure.title(), failure.right()));
            observed.values().forEach(outcomes -> cells.add(outcomes.get(failure)));
            lines.add(row(cells));
        }
        return String.join("\n", lines);
    }

    private static String row(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |";
    }
}
