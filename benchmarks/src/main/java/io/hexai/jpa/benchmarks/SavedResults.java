package io.hexai.jpa.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a comparison measured, in a file of its own, so that one can be measured anew and the others kept.
 *
 * @param id of the comparison
 * @param date of the measurement
 * @param effort how long it was measured
 * @param load of the machine when it began, and when it ended
 * @param machine what it was measured on
 * @param turns of each contestant
 */
record SavedResults(
        String id,
        String date,
        String effort,
        List<Double> load,
        Map<String, String> machine,
        Map<String, List<Series.Turn>> turns) {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    static SavedResults of(Results results, Effort effort, double loadBefore, Map<String, String> machine) {
        Map<String, List<Series.Turn>> turns = new LinkedHashMap<>();
        for (String contestant : results.comparison().contestants()) {
            turns.put(contestant, results.of(contestant).turns());
        }
        String date = LocalDate.now().toString();
        List<Double> load = List.of(loadBefore, Machine.load());
        return new SavedResults(results.comparison().id(), date, effort.describe(), load, machine, turns);
    }

    private static Path file(Path folder, String id) {
        return folder.resolve(id + ".json");
    }

    /** One turn a line, so that a change shows as one. */
    void writeTo(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(
                file(folder, id),
                MAPPER.writeValueAsString(this)
                        .replace("{\"rate\"", "\n{\"rate\"")
                        .replace("]", "]\n"));
    }

    static Optional<SavedResults> read(Path folder, Comparison comparison) throws IOException {
        Path file = file(folder, comparison.id());
        return Files.exists(file)
                ? Optional.of(MAPPER.readValue(Files.readString(file), SavedResults.class))
                : Optional.empty();
    }

    /** Returns empty if the contestants are others by now. */
    Optional<Results> results(Comparison comparison) {
        if (!turns.keySet().equals(Set.copyOf(comparison.contestants()))) {
            return Optional.empty();
        }
        Results results = new Results(comparison);
        turns.forEach((contestant, all) -> all.forEach(results.of(contestant)::add));
        return Optional.of(results);
    }
}
