// The class that reports to the service that a Java program's memory ran out: it becomes the system class loader, which
// the runtime creates before the program's first class, and sees the error that nobody caught.

import { MIB } from '../units.ts';
import { command, tool } from './command.ts';
import { JAVA_GATE } from './gate.ts';
import type { LanguageCommand } from './language.ts';
import { ALLOCATION_FAILED_NUMBER } from './watched-end.ts';

const CLASS = 'codeexecution.Watch';
/** Kept until memory runs out, so that the report itself has room. */
const RESERVE_BYTES = MIB / 4;

const SOURCE = `package codeexecution;

public final class Watch extends ClassLoader implements Thread.UncaughtExceptionHandler {
    private static byte[] reserve = new byte[${RESERVE_BYTES}];

    public Watch(ClassLoader parent) {
        super(parent);
        waitAtGate();
        Thread.setDefaultUncaughtExceptionHandler(this);
    }

    ${JAVA_GATE}

    @Override public void uncaughtException(Thread thread, Throwable error) {
        reserve = null;
        boolean isMain = thread.getId() == 1;
        boolean ranOut = isMain && isRefusedMemory(error);
        try {
            System.out.flush();
            System.err.print("Exception in thread \\"" + thread.getName() + "\\" ");
            error.printStackTrace(System.err);
        } catch (OutOfMemoryError again) {
            if (!isMain) throw again;
            ranOut = true;
        }
        if (ranOut) end();
    }

    /** The runtime raises no signal whose end is the kernel's, so a shell does. */
    private static void end() {
        try {
            new ProcessBuilder("/bin/sh", "-c", "kill -${ALLOCATION_FAILED_NUMBER} $PPID").inheritIO().start().waitFor();
        } catch (java.io.IOException | InterruptedException error) {
            Runtime.getRuntime().halt(1);
        }
    }

    /** An error that the runtime or its library made, or one of the library around it. */
    private static boolean isRefusedMemory(Throwable error) {
        for (int depth = 0; depth < 8 && error != null; depth++) {
            if (error instanceof OutOfMemoryError) return isOfRuntime(error);
            boolean passesOn = error instanceof java.util.concurrent.ExecutionException
                || error instanceof java.util.concurrent.CompletionException
                || error instanceof ExceptionInInitializerError;
            if (!passesOn) return false;
            error = error.getCause();
        }
        return false;
    }

    private static boolean isOfRuntime(Throwable error) {
        String message = error.getMessage();
        if (message != null && message.startsWith("unable to create")) return false;
        if (message != null && (message.equals("Java heap space") || message.equals("Metaspace")
            || message.startsWith("GC overhead") || message.startsWith("Requested array size")
            || message.startsWith("Compressed class"))) return true;
        StackTraceElement[] trace = error.getStackTrace();
        return trace.length > 0 && (trace[0].getClassName().startsWith("java.") || trace[0].getClassName().startsWith("jdk."));
    }
}
`;

/** Among the inputs of the part. */
export const WATCH_INPUT = { path: 'watch/Watch.java', content: SOURCE };

export function compileWatch(tools: Readonly<Record<string, string>>, directory: string): LanguageCommand {
  const places = ['-d', `${directory}/watch`, `${directory}/${WATCH_INPUT.path}`];
  return command([tool(tools, 'javac'), '-J-Xshare:auto', '-proc:none', '-nowarn', ...places]);
}

/** The class is one of the boot loader's, whose archive of classes stays in use; the runtime warns that another does not. */
export function watchArguments(directory: string): string[] {
  const loader = [`-Xbootclasspath/a:${directory}/watch`, `-Djava.system.class.loader=${CLASS}`];
  return ['-XX:-PrintWarnings', ...loader];
}
