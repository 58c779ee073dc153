package io.hexai.jpa.database;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A directory's migrations beside what its ledger says of them. */
final class DirectoryHistory {

    private final MigrationLocation location;
    private final String table;
    private final List<MigrationFile> files;
    private final Map<String, MigrationFile> filesByName;
    private final List<String> applied;
    private final Map<String, MigrationLedger.Entry> entries;

    DirectoryHistory(
            MigrationLocation location, String table, List<MigrationFile> files, List<MigrationLedger.Entry> entries) {
        this.location = location;
        this.table = table;
        this.files = files;
        this.filesByName = files.stream().collect(Collectors.toMap(MigrationFile::name, Function.identity()));
        this.applied = entries.stream().map(MigrationLedger.Entry::name).toList();
        this.entries = entries.stream()
                .collect(Collectors.toMap(MigrationLedger.Entry::name, Function.identity(), (one, other) -> one));
    }

    MigrationStatus status() {
        return new MigrationStatus(
                table,
                applied,
                pending().stream().map(MigrationFile::name).toList(),
                edited(),
                vanished(),
                outOfOrder());
    }

    void requireUnchanged() {
        List<String> edited = edited();
        List<String> vanished = vanished();
        if (!edited.isEmpty() || !vanished.isEmpty()) {
            throw new MigrationHistoryException(table, edited, vanished, null);
        }
    }

    List<MigrationFile> pending() {
        return files.stream().filter(file -> !entries.containsKey(file.name())).toList();
    }

    /** Applied ones that were recorded by somebody who keeps no checksums. */
    List<MigrationFile> withoutChecksum() {
        return files.stream().filter(file -> "".equals(recordedChecksum(file))).toList();
    }

    /** The pending ones before one that is applied. */
    List<String> outOfOrder() {
        List<String> outOfOrder = new ArrayList<>();
        boolean laterOneApplied = false;
        for (int i = files.size() - 1; i >= 0; i--) {
            String name = files.get(i).name();
            if (entries.containsKey(name)) {
                laterOneApplied = true;
            } else if (laterOneApplied) {
                outOfOrder.add(0, name);
            }
        }
        return outOfOrder;
    }

    /** Returns what a rollback takes back, in its order, if the history is unchanged and all of them say how. */
    List<MigrationFile> last(RollbackPoint point) {
        requireUnchanged();
        List<String> names = new ArrayList<>(applied);
        String tag = point.tag();
        if (tag != null) {
            names = names.subList(placeOf(tag) + 1, names.size());
        }
        Collections.reverse(names);
        List<MigrationFile> last =
                names.stream().limit(point.count()).map(filesByName::get).toList();
        last.forEach(file -> file.rollback(location));
        return last;
    }

    private int placeOf(String tag) {
        int place = applied.indexOf(tag);
        for (int i = 0; i < applied.size(); i++) {
            MigrationLedger.Entry entry = entries.get(applied.get(i));
            if (entry != null && tag.equals(entry.tag())) {
                place = i;
            }
        }
        if (place < 0) {
            throw new InvalidMigrationException(
                    location.toString(),
                    "cannot be rolled back to \"" + tag + "\": " + table
                            + " has neither tag nor migration of that name",
                    null);
        }
        return place;
    }

    private List<String> edited() {
        return files.stream()
                .filter(file -> {
                    String recorded = recordedChecksum(file);
                    return recorded != null && !recorded.isEmpty() && !recorded.equals(file.checksum());
                })
                .map(MigrationFile::name)
                .toList();
    }

    private List<String> vanished() {
        return applied.stream().filter(name -> !filesByName.containsKey(name)).toList();
    }

    private @Nullable String recordedChecksum(MigrationFile file) {
        MigrationLedger.Entry entry = entries.get(file.name());
        return entry == null ? null : entry.checksum();
    }
}
