package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.testing.TestFactory;
import jakarta.persistence.CascadeType;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderColumn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.SortNatural;
import org.hibernate.type.SqlTypes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Pending changes of entities in every kind of mapping. */
class PendingMappingsTest {

    @MappedSuperclass
    static class Named {
        @Id
        long id = 1;

        String name = "old";
    }

    @Entity(name = "PendingTeam")
    @Inheritance(strategy = InheritanceType.JOINED)
    static class Team extends Named {
        @Embedded
        Home home = new Home();

        @ElementCollection
        List<Player> players = new ArrayList<>(List.of(new Player("Ann", 1), new Player("Bob", 2)));

        @ElementCollection
        @OrderColumn
        List<String> ranks = new ArrayList<>(List.of("a", "b"));

        @ElementCollection
        @SortNatural
        SortedSet<String> sorted = new TreeSet<>(Set.of("a", "b"));

        @ManyToMany(cascade = CascadeType.PERSIST)
        Set<Fan> fans = new HashSet<>();

        @OneToMany(mappedBy = "team", cascade = CascadeType.ALL)
        List<Match> matches = new ArrayList<>();

        int[] scores = {1, 2};
    }

    @Entity(name = "PendingClub")
    static class Club extends Team {
        String ground = "old";
    }

    @Embeddable
    static class Home {
        String city = "Bern";

        @Embedded
        Hall hall = new Hall();

        @ElementCollection
        Set<String> colours = new HashSet<>(Set.of("red"));
    }

    @Embeddable
    static class Hall {
        int seats = 10;
    }

    @Embeddable
    static class Player {
        String name;
        int number;

        protected Player() {}

        Player(String name, int number) {
            this.name = name;
            this.number = number;
        }
    }

    @Entity(name = "PendingFan")
    static class Fan {
        @Id
        @GeneratedValue
        Long id;
    }

    @Entity(name = "PendingMatch")
    static class Match {
        @Id
        @GeneratedValue
        Long id;

        @ManyToOne(fetch = FetchType.LAZY)
        Team team;
    }

    @Entity(name = "PendingRule")
    @Immutable
    static class Rule extends Named {}

    @Entity(name = "PendingNote")
    @DynamicUpdate
    static class Note extends Named {
        String text = "old";

        @JdbcTypeCode(SqlTypes.JSON)
        Map<String, String> labels = new HashMap<>(Map.of("k", "v"));
    }

    static TestFactory database;

    UnitOfWork unitOfWork;

    @BeforeAll
    static void start() {
        database = TestFactory.of(Team.class, Club.class, Fan.class, Match.class, Rule.class, Note.class);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void store() {
        database.execute("TRUNCATE PendingTeam, PendingFan, PendingRule, PendingNote CASCADE");
        unitOfWork = UnitOfWork.of(database.factory());
        unitOfWork.run(em -> {
            Club club = new Club();
            club.fans.add(new Fan());
            em.persist(club);
            em.persist(new Rule());
            em.persist(new Note());
        });
    }

    private PendingChanges changes() {
        return unitOfWork.current().changes();
    }

    private Club club() {
        return (Club) unitOfWork.entityManager().find(Team.class, 1L);
    }

    private void assertNamedAndReverted(String attribute, Consumer<Club> change) {
        unitOfWork.run(em -> {
            Club club = club();
            change.accept(club);

            assertThat(changes().modifiedAttributes(club)).containsExactly(attribute);
            assertThat(changes().isEmpty()).isFalse();
            changes().revert(club);

            assertThat(changes().modifiedAttributes(club)).isEmpty();
            assertThat(changes().isEmpty()).isTrue();
            assertThat(club)
                    .usingRecursiveComparison()
                    .ignoringFields("fans", "matches")
                    .isEqualTo(new Club());
            assertThat(club.fans).hasSize(1);
            assertThat(club.matches).isEmpty();
            assertThat(em.contains(club)).isTrue();
        });
        assertThat(written("PendingTeam_players", "number")).containsExactly("1", "2");
        assertThat(written("PendingTeam_colours", "colours")).containsExactly("red");
    }

    private static List<Object> written(String table, String column) {
        return database.select("SELECT " + column + "::text FROM " + table + " ORDER BY 1");
    }

    @Nested
    class AnEmbeddable {

        @Test
        void isNamedAsTheAttributeThatHoldsIt() {
            assertNamedAndReverted("home", club -> club.home.city = "Basel");
            assertNamedAndReverted("home", club -> club.home.hall.seats = 11);
            assertNamedAndReverted("home", club -> club.home.hall = null);
            assertNamedAndReverted("home", club -> club.home = null);
        }

        @Test
        void isNamedForItsCollections() {
            assertNamedAndReverted("home", club -> club.home.colours.add("blue"));
            assertNamedAndReverted("home", club -> club.home.colours = new HashSet<>(Set.of("blue")));
        }
    }

    @Nested
    class ACollection {

        @Test
        void isNamedForWhatIsInIt() {
            assertNamedAndReverted("players", club -> club.players.get(0).number = 9);
            assertNamedAndReverted("players", club -> club.players.add(new Player("Cid", 3)));
            assertNamedAndReverted("players", club -> club.players = null);
            assertNamedAndReverted("sorted", club -> club.sorted.remove("a"));
            assertNamedAndReverted("fans", club -> club.fans.clear());
            assertNamedAndReverted("fans", club -> club.fans.add(new Fan()));
            assertNamedAndReverted("matches", club -> club.matches.add(new Match()));
        }

        @Test
        void isNamedForItsOrderIfThatIsKept() {
            assertNamedAndReverted("ranks", club -> club.ranks.add(club.ranks.remove(0)));
        }

        @Test
        void thatIsAnArrayIsComparedByItsElements() {
            assertNamedAndReverted("scores", club -> club.scores[0] = 9);
            assertNamedAndReverted("scores", club -> club.scores = new int[0]);
        }
    }

    @Nested
    class AHierarchy {

        @Test
        void namesTheAttributesOfAllItsClasses() {
            assertNamedAndReverted("name", club -> club.name = "new");
            assertNamedAndReverted("ground", club -> club.ground = "new");
        }
    }

    @Nested
    class AnImmutableEntity {

        @Test
        void isNeverModifiedAndKeepsWhatWasWrittenIntoIt() {
            unitOfWork.run(em -> {
                Rule rule = em.find(Rule.class, 1L);
                rule.name = "new";
                changes().revert(rule);

                assertThat(changes().isModified(rule)).isFalse();
                assertThat(changes().isEmpty()).isTrue();
                assertThat(rule.name).isEqualTo("new");
            });
            assertThat(written("PendingRule", "name")).containsExactly("old");
        }

        @Test
        void staysImmutableWhenItsRemovalIsTakenBack() {
            unitOfWork.run(em -> {
                Rule rule = em.find(Rule.class, 1L);
                rule.name = "new";
                em.remove(rule);
                assertThat(changes().isRemoved(rule)).isTrue();
                changes().revert(rule);

                assertThat(changes().isManaged(rule)).isTrue();
                assertThat(changes().isEmpty()).isTrue();
            });
            assertThat(written("PendingRule", "name")).containsExactly("old");
        }
    }

    @Nested
    class AnEntityThatIsReadOnly {

        @Test
        void staysSoWhenItsRemovalIsTakenBack() {
            unitOfWork.run(em -> {
                Note note = em.find(Note.class, 1L);
                em.unwrap(Session.class).setReadOnly(note, true);
                note.text = "new";
                em.remove(note);
                changes().revert(note);

                assertThat(em.unwrap(Session.class).isReadOnly(note)).isTrue();
                assertThat(changes().isModified(note)).isFalse();
            });
            assertThat(written("PendingNote", "text")).containsExactly("old");
        }
    }

    @Nested
    class AnEntityWithDynamicUpdates {

        @Test
        void isWrittenOnlyWhereItIsModified() {
            unitOfWork.run(em -> {
                Note note = em.find(Note.class, 1L);
                note.labels.put("k", "w");
                assertThat(changes().modifiedAttributes(note)).containsExactly("labels");
                database.execute("UPDATE PendingNote SET text = 'by somebody else'");
                changes().revert(note);
                assertThat(note.labels).isEqualTo(Map.of("k", "v"));
                note.name = "new";
                assertThat(changes().modifiedAttributes(note)).containsExactly("name");
            });
            assertThat(written("PendingNote", "name || text")).containsExactly("newby somebody else");
        }
    }

    @Nested
    class ANestedScopeThatIsRolledBack {

        @Test
        void leavesNoChangeOfItsOwnAndTakesTheOuterOnesForFlushed() {
            unitOfWork.run(em -> {
                Club club = club();
                club.name = "outer";
                club.players.add(new Player("Cid", 3));
                assertThatThrownBy(() -> unitOfWork.with(Propagation.NESTED).run(inner -> {
                            club.ground = "inner";
                            club.home.colours.add("inner");
                            club.fans.add(new Fan());
                            inner.remove(inner.find(Rule.class, 1L));
                            assertThat(changes().modifiedAttributes(club))
                                    .containsExactlyInAnyOrder("ground", "home", "fans");
                            throw new IllegalStateException("rolled back");
                        }))
                        .hasMessage("rolled back");
                assertThat(changes().isEmpty()).isTrue();
                club.name = "later";
                club.players.clear();
                assertThat(changes().modifiedAttributes(club)).containsExactlyInAnyOrder("name", "players");

                changes().revert(club);

                assertThat(club.name).isEqualTo("outer");
                assertThat(club.players).hasSize(3);
            });
            assertThat(written("PendingTeam", "name")).containsExactly("outer");
            assertThat(written("PendingTeam_players", "number")).containsExactly("1", "2", "3");
            assertThat(written("PendingRule", "name")).containsExactly("old");
        }
    }
}
