package codeexecution;

public final class Watch extends ClassLoader implements Thread.UncaughtExceptionHandler {
    private static byte[] reserve = new byte[262144];

    public Watch(ClassLoader parent) {
        super(parent);
        waitAtGate();
        Thread.setDefaultUncaughtExceptionHandler(this);
    }

    private static void waitAtGate() {
        java.io.File ready = new java.io.File("/box/ready");
        if (!ready.exists()) return;
        try (java.io.FileOutputStream out = new java.io.FileOutputStream(ready)) {
            out.write('r');
        } catch (java.io.IOException gone) {
            return;
        }
        try (java.io.FileInputStream go = new java.io.FileInputStream("/box/go")) {
            go.read();
        } catch (java.io.IOException gone) {
            return;
        }
    }

    @Override public void uncaughtException(Thread thread, Throwable error) {
        reserve = null;
        boolean isMain = thread.getId() == 1;
        boolean ranOut = isMain && isRefusedMemory(error);
        try {
            System.out.flush();
            System.err.print("Exception in thread \"" + thread.getName() + "\" ");
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
            new ProcessBuilder("/bin/sh", "-c", "kill -16 $PPID").inheritIO().start().waitFor();
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
