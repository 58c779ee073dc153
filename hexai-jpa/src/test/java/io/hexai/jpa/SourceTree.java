package io.hexai.jpa;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** What the source says and the class files no longer do: the javadoc of types, by binary name. */
final class SourceTree {

    private final Map<String, String> ofTypes = new HashMap<>();

    static SourceTree parse(Path root) throws IOException {
        List<Path> files;
        try (Stream<Path> tree = Files.walk(root)) {
            files = tree.filter(file -> file.toString().endsWith(".java")).toList();
        }
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var fileManager = compiler.getStandardFileManager(null, null, null)) {
            var task = (JavacTask) compiler.getTask(
                    null,
                    fileManager,
                    null,
                    List.of("-proc:none"),
                    null,
                    fileManager.getJavaFileObjectsFromPaths(files));
            var source = new SourceTree();
            for (CompilationUnitTree unit : task.parse()) {
                source.read(unit, DocTrees.instance(task));
            }
            return source;
        }
    }

    /** Returns the javadoc of a type with its white space normalised, empty if it has none. */
    String ofType(String binaryName) {
        return ofTypes.getOrDefault(binaryName, "");
    }

    private void read(CompilationUnitTree unit, DocTrees docs) {
        if (unit.getPackageName() == null) {
            return;
        }
        new TreePathScanner<Void, String>() {
            @Override
            public Void visitClass(ClassTree type, String prefix) {
                String name = prefix + type.getSimpleName();
                String comment = docs.getDocComment(getCurrentPath());
                if (comment != null) {
                    ofTypes.put(name, comment.strip().replaceAll("\\s+", " "));
                }
                return super.visitClass(type, name + "$");
            }
        }.scan(unit, unit.getPackageName() + ".");
    }
}
