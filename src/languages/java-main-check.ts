// The annotation processor that refuses sources without a `main`: the compiler runs it only where the class to start
// shows none in its source, since that class may still inherit one.

import { command, tool } from './command.ts';
import type { LanguageCommand } from './language.ts';

const CLASS = 'codeexecution.MainCheck';

const SOURCE = `package codeexecution;

import java.util.Set;
import javax.annotation.processing.*;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.*;
import javax.lang.model.util.ElementFilter;
import javax.tools.Diagnostic;

@SupportedAnnotationTypes("*")
@SupportedOptions("start")
public final class MainCheck extends AbstractProcessor {
    @Override public SourceVersion getSupportedSourceVersion() {
        return SourceVersion.latest();
    }

    @Override public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
        if (!round.processingOver()) return false;
        String name = processingEnv.getOptions().get("start");
        TypeElement start = processingEnv.getElementUtils().getTypeElement(name);
        if (start == null || !hasMain(start)) processingEnv.getMessager().printMessage(Diagnostic.Kind.ERROR,
            "no main method: class " + name + " needs public static void main(String[] args)");
        return false;
    }

    private boolean hasMain(TypeElement start) {
        for (ExecutableElement method : ElementFilter.methodsIn(processingEnv.getElementUtils().getAllMembers(start))) {
            boolean isStartable = method.getModifiers().containsAll(Set.of(Modifier.PUBLIC, Modifier.STATIC));
            if (method.getSimpleName().contentEquals("main") && isStartable && method.getParameters().size() == 1
                && method.getParameters().get(0).asType().toString().equals("java.lang.String[]")) return true;
        }
        return false;
    }
}
`;

/** Among the inputs of the part. */
export const MAIN_CHECK_INPUT = { path: 'main-check/MainCheck.java', content: SOURCE };

export function compileMainCheck(
  tools: Readonly<Record<string, string>>,
  directory: string,
): LanguageCommand {
  const places = ['-d', `${directory}/main-check`, `${directory}/${MAIN_CHECK_INPUT.path}`];
  return command([tool(tools, 'javac'), '-J-Xshare:auto', '-proc:none', '-nowarn', ...places]);
}

/** Arguments of `javac` in place of `-proc:none`. Its other errors are reported too. */
export function mainCheckArguments(directory: string, mainClass: string): string[] {
  const processor = ['-processorpath', `${directory}/main-check`, '-processor', CLASS];
  return [...processor, `-Astart=${mainClass}`, '-XDshould-stop.ifError=FLOW'];
}
