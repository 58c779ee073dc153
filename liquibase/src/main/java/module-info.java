/** The built-in schema of hexai-jpa as Liquibase changelogs: resources only, open to whoever looks them up. */
open module io.hexai.jpa.liquibase {}
