package codeexecution;

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
