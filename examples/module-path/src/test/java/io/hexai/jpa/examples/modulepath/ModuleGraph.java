package io.hexai.jpa.examples.modulepath;

import java.io.File;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleDescriptor.Requires.Modifier;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The class path of this JVM, divided for another one as Maven does: what a module asks for by name lies on the module path,
 * and what nobody names, such as most of what Hibernate needs, stays on the class path.
 */
final class ModuleGraph {

    private final Map<String, ModuleDescriptor> modules = new HashMap<>();
    private final Map<String, Path> places = new HashMap<>();
    private final Set<String> named = new TreeSet<>();
    private final List<Path> entries = Stream.of(
                    System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .filter(Files::exists)
            .toList();

    ModuleGraph(String... roots) {
        entries.stream().filter(ModuleGraph::canBeAModule).forEach(this::find);
        for (String root : roots) {
            name(root);
        }
    }

    List<String> options() {
        List<String> options = new ArrayList<>();
        options.addAll(List.of("--module-path", joined(entries.stream().filter(this::isNamed))));
        options.addAll(List.of("--class-path", joined(entries.stream().filter(entry -> !isNamed(entry)))));
        return options;
    }

    private static boolean canBeAModule(Path entry) {
        return entry.toString().endsWith(".jar") || Files.exists(entry.resolve("module-info.class"));
    }

    private void find(Path entry) {
        ModuleFinder.of(entry).findAll().forEach(module -> {
            modules.put(module.descriptor().name(), module.descriptor());
            places.put(module.descriptor().name(), entry);
        });
    }

    private void name(String module) {
        if (modules.containsKey(module) && named.add(module)) {
            modules.get(module).requires().stream()
                    .filter(requires -> !requires.modifiers().contains(Modifier.STATIC))
                    .map(Requires::name)
                    .forEach(this::name);
        }
    }

    private boolean isNamed(Path entry) {
        return named.stream().anyMatch(module -> entry.equals(places.get(module)));
    }

    private static String joined(Stream<Path> paths) {
        return paths.map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }
}
