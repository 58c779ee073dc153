package io.hexai.jpa.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MigrationScriptTest {

    @Nested
    class TransactionControl {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "BEGIN",
                    "begin;",
                    "SELECT 1; COMMIT",
                    "SELECT 1;\nCOMMIT AND CHAIN;",
                    "END;",
                    "ROLLBACK",
                    "ROLLBACK WORK",
                    "ABORT",
                    "START TRANSACTION ISOLATION LEVEL SERIALIZABLE",
                    "PREPARE TRANSACTION 'x'",
                    "ROLLBACK PREPARED 'x'",
                    "/* a */ COMMIT",
                    "/* a /* nested */ still */ COMMIT",
                    "-- a comment\nCOMMIT",
                    "SELECT 'it''s'; COMMIT",
                    "SELECT E'it\\'s'; COMMIT; SELECT ''",
                    "SELECT '\\'; COMMIT; SELECT ''",
                    "SELECT $a$ $b$ $a$; COMMIT",
                    "SELECT a$b$ FROM c; COMMIT; SELECT d$b$",
                    "SELECT \"a;\"\"b\"; COMMIT",
                    "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END; COMMIT",
                    "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2); COMMIT",
                    "-- rollback\nDROP TABLE a; COMMIT"
                })
        void isRefused(String sql) {
            assertThatThrownBy(() -> MigrationScript.parse("001_x", sql))
                    .isInstanceOf(InvalidMigrationException.class)
                    .hasMessageStartingWith("001_x: ");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "-- COMMIT",
                    "/* COMMIT; */",
                    "SELECT 'COMMIT; COMMIT'",
                    "SELECT 1 AS \"x; COMMIT\"",
                    "DO $$ BEGIN PERFORM 1; END $$",
                    "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $body$ BEGIN RETURN 1; END $body$; SELECT 1",
                    "CREATE OR REPLACE PROCEDURE f() BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END",
                    "SELECT CASE WHEN true THEN 1 END",
                    "SAVEPOINT a; ROLLBACK TO a; ROLLBACK TO SAVEPOINT a; ROLLBACK WORK TO a; RELEASE a",
                    "PREPARE p AS SELECT 1",
                    "SELECT $1; SELECT E'\\\\'; SELECT 1",
                    "SELECT 'unterminated; COMMIT"
                })
        void isNotSeenWhereThereIsNone(String sql) {
            assertThat(MigrationScript.parse("001_x", sql).forwardText()).isEqualTo(sql);
        }

        @Test
        void isNamedWithItsLine() {
            assertThatThrownBy(() -> MigrationScript.parse("001_x", "SELECT 1;\n\n  COMMIT AND CHAIN;\n"))
                    .hasMessageContaining("COMMIT AND CHAIN in line 3");
        }
    }

    @Nested
    class Statements {

        @Test
        void areSplitOutsideOfQuotesParenthesesAndBodies() {
            assertThat(MigrationScript.parse(
                                    "x",
                                    "SELECT ';';CREATE FUNCTION f() BEGIN ATOMIC SELECT 1; END;;"
                                            + "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);DO $$ ; $$ -- ;")
                            .forward())
                    .containsExactly(
                            "SELECT ';'",
                            "CREATE FUNCTION f() BEGIN ATOMIC SELECT 1; END",
                            "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)",
                            "DO $$ ; $$ -- ;");
        }
    }

    @Nested
    class TheRollbackPart {

        @Test
        void beginsAfterItsLine() {
            MigrationScript script = MigrationScript.parse("x", "CREATE TABLE a ();\n  --Rollback \r\nDROP TABLE a;\n");
            assertThat(script.forward()).containsExactly("CREATE TABLE a ()");
            assertThat(script.rollback()).containsExactly("\nDROP TABLE a");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "SELECT 1; -- rollback",
                    "SELECT '\n-- rollback\n'",
                    "DO $$\n-- rollback\n$$",
                    "-- rollback is not possible",
                    "/*\n-- rollback\n*/"
                })
        void isNotTakenFromElsewhere(String sql) {
            assertThat(MigrationScript.parse("x", sql).rollback()).isNull();
        }
    }
}
