package io.hexai.jpa.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiagramsTest {

    @Test
    void ofThisRepositoryAreMadeFromTheirTexts() throws IOException {
        List<Path> texts = Diagrams.texts(Path.of(".."));
        assertThat(texts).isNotEmpty();
        for (Path text : texts) {
            assertThat(Diagrams.picture(text))
                    .as("draw it anew with mvn -q -Ddiagrams -pl site process-classes")
                    .content()
                    .startsWith("<svg")
                    .endsWith(Diagrams.mark(text));
        }
    }

    @Test
    void changeWithTheirTexts(@TempDir Path root) throws IOException {
        Path text = Files.createDirectories(root.resolve("docs/images")).resolve("two.puml");
        Files.writeString(text, "@startuml\nalice -> bob : hello\n@enduml\n");
        Diagrams.main(new String[] {root.toString()});
        assertThat(Diagrams.picture(text)).content().contains("hello").endsWith(Diagrams.mark(text));

        Files.writeString(text, "@startuml\nalice -> bob : goodbye\n@enduml\n");
        assertThat(Diagrams.picture(text)).content().doesNotEndWith(Diagrams.mark(text));
    }
}
