// What is refused in Java.

import { areWordsForTerminal, terminal } from '../engine/harmless-calls.ts';
import { each, type LanguageRules } from '../rule.ts';

const METHODS_OF_FILES =
  'readAllBytes readAllLines readString lines write writeString newBufferedReader newBufferedWriter newInputStream newOutputStream list walk find delete deleteIfExists copy move createFile createDirectory createDirectories createSymbolicLink createLink newDirectoryStream newByteChannel readSymbolicLink setPosixFilePermissions walkFileTree';
const METHODS_OF_A_FILE =
  'list listFiles delete deleteOnExit createNewFile mkdir mkdirs renameTo setReadable setWritable setExecutable';
const DANGEROUS_CLASS =
  /^(java\.lang\.(Runtime|ProcessBuilder|ProcessImpl|Shutdown|ClassLoader)|sun\.|jdk\.internal\.|com\.sun\.|java\.net\.(Socket|ServerSocket|URL|DatagramSocket)|javax\.script\.)/;

export const java: LanguageRules = [
  {
    id: 'process',
    severity: 'error',
    message: 'Starting other programs is not allowed',
    why: 'A solution runs alone: there is nothing to start, and processes are how a box is attacked or worn out.',
    harmless: {
      rule: 'terminal',
      calls: /^java\.lang\.(Runtime(\.getRuntime\(\))?\.exec|ProcessBuilder(\(\))?(\.command)?)$/,
      mentions:
        /^java\.lang\.ProcessBuilder(\(\))?(\.(start|inheritIO|redirect\w*|Redirect\w*)(\.\w+)*(\(\))?)*$/,
      isHarmless: areWordsForTerminal,
    },
    uses: [
      'java.lang.Runtime.exec',
      'java.lang.Runtime.getRuntime().exec',
      'java.lang.ProcessBuilder',
      'java.lang.ProcessBuilder.**',
      ...each('java.lang.ProcessHandle', 'allProcesses of'),
    ],
    refuses: [
      'class A { void m() throws Exception { Runtime.getRuntime().exec("ls"); } }',
      'class A { void m() throws Exception { new ProcessBuilder("ls").start(); } }',
      'class A { void m() throws Exception { Runtime r = Runtime.getRuntime(); r.exec("ls"); } }',
      'class A { void m() throws Exception { var r = Runtime.getRuntime(); r.exec("ls"); } }',
      'class A { void m(Runtime r) throws Exception { r.exec("ls"); } }',
      'import static java.lang.Runtime.getRuntime;\nclass A { void m() throws Exception { getRuntime().exec("ls"); } }',
      'class A { void m() throws Exception { java.lang.Runtime.getRuntime().exec("ls"); } }',
      'class A { void m() { java.util.function.Function f = Runtime.getRuntime()::exec; } }',
      'class A { private static final Runtime R = Runtime.getRuntime(); void m() throws Exception { R.exec("ls"); } }',
      'class A { java.lang.ProcessBuilder b; }',
      'class A { void m(String[] a) throws Exception { new ProcessBuilder("clear").start(); new ProcessBuilder(a).start(); } }',
      'class A { void m() throws Exception { Runtime.getRuntime().exec("clear"); Runtime.getRuntime().exec("cmd /c dir"); } }',
      'class A { void m(String c) throws Exception { ProcessBuilder p = new ProcessBuilder("clear"); p.command(c); p.start(); } }',
    ],
    allows: [
      'class A { void m() { Runtime r = Runtime.getRuntime(); System.out.println(r.totalMemory() - r.freeMemory() + r.availableProcessors()); } }',
      'class A { // Runtime.getRuntime().exec("ls")\n void m() { System.out.println("Runtime.getRuntime().exec"); } }',
      'class Shell { void exec(String c) {} void m() { exec("ls"); new Shell().exec("ls"); } }',
      'class A { void m(java.util.concurrent.ExecutorService executor) { executor.execute(() -> {}); executor.submit(() -> 1); System.exit(0); } }',
      'class A { void m() { new Thread(() -> {}).start(); Runtime.getRuntime().addShutdownHook(new Thread()); } }',
      'class ProcessBuilder { void start() {} }\nclass A { void m() { new ProcessBuilder().start(); } }',
      'class Runtime { void exec(String s) {} }\nclass A { void m(Runtime r) { r.exec("x"); } }',
    ],
  },
  terminal({
    refuses: [
      'class A { void m() throws Exception { new ProcessBuilder("cmd", "/c", "cls").inheritIO().start().waitFor(); } }',
      'class A { void m() throws Exception { if (System.getProperty("os.name").contains("Windows")) Runtime.getRuntime().exec("cls"); else Runtime.getRuntime().exec(new String[] {"clear"}); } }',
      'class A { void m() throws Exception { ProcessBuilder pb = new ProcessBuilder("clear"); pb.inheritIO(); Process p = pb.start(); p.waitFor(); } }',
      'class A { void m() throws Exception { Runtime r = Runtime.getRuntime(); r.exec("clear"); r.exec("cmd /c cls"); } }',
    ],
    allows: ['class A { void clear() { System.out.print("\\033[H\\033[2J"); System.out.flush(); } }'],
  }),
  {
    id: 'network',
    severity: 'error',
    message: 'Using the network is not allowed',
    why: 'Programs run without any network, so a connection can only fail.',
    uses: [
      ...each(
        'java.net',
        'Socket ServerSocket DatagramSocket MulticastSocket HttpURLConnection URLConnection JarURLConnection URLClassLoader',
      ),
      ...each('java.net.URL', 'openConnection openStream getContent'),
      ...each('java.net.URL()', 'openConnection openStream getContent'),
      ...each('java.net.URI.create().toURL()', 'openConnection openStream'),
      ...each('java.net.URI.toURL()', 'openConnection openStream'),
      ...each('java.net.URI().toURL()', 'openConnection openStream'),
      'java.net.http.**',
      ...each(
        'java.nio.channels',
        'SocketChannel ServerSocketChannel DatagramChannel AsynchronousSocketChannel AsynchronousServerSocketChannel',
      ),
      'javax.net.**',
      'java.rmi.**',
      'javax.naming.**',
      'com.sun.net.**',
    ],
    refuses: [
      'import java.net.*;\nclass A { void m() throws Exception { Socket s = new Socket("a", 1); } }',
      'import java.net.ServerSocket;\nclass A {}',
      'class A { java.net.Socket s; }',
      'import java.net.URL;\nclass A { void m() throws Exception { new URL("http://a").openStream(); } }',
      'import java.net.URL;\nclass A { void m(URL u) throws Exception { u.openConnection(); } }',
      'import java.net.http.HttpClient;\nclass A { HttpClient c = HttpClient.newHttpClient(); }',
      'import java.net.http.*;\nclass A {}',
      'import java.nio.channels.SocketChannel;\nclass A {}',
    ],
    allows: [
      'import java.net.URI;\nimport java.net.URLEncoder;\nclass A { void m() throws Exception { URI u = new URI("http://a/b"); System.out.println(u.getPath()); } }',
      'import java.net.*;\nclass A { void m() throws Exception { System.out.println(new URL("http://a/b").getHost()); } }',
      'import java.net.InetAddress;\nclass A { void m() throws Exception { System.out.println(InetAddress.getByName("127.0.0.1").isLoopbackAddress()); } }',
      'class Socket { int port; }\nclass A { Socket s = new Socket(); }',
      'class Graph { void connect(int a, int b) { connect(b, a); } } // java.net.Socket',
      'import java.net.*;\nclass Socket { void open() {} }\nclass A { void m() { new Socket().open(); } }',
    ],
  },
  {
    id: 'dynamic-code',
    severity: 'error',
    message: 'Loading or making code at run time is not allowed',
    why: 'Such code cannot be inspected before it runs.',
    uses: [
      'javax.script.**',
      'javax.tools.**',
      'java.lang.ClassLoader.defineClass',
      'java.lang.ClassLoader().defineClass',
      'java.lang.instrument.**',
      'javax.management.**',
      ...each('?', 'defineClass defineHiddenClass defineAnonymousClass'),
    ],
    texts: {
      'java.lang.Class.forName()': { argument: 0, matches: DANGEROUS_CLASS },
      '?.loadClass()': { argument: 0, matches: DANGEROUS_CLASS },
    },
    tree: {
      rule: {
        any: [
          { kind: 'class_literal', regex: '^(java\\.lang\\.)?(Runtime|ProcessBuilder)\\.class$' },
          { kind: 'superclass', regex: '(^|[\\s.])ClassLoader$' },
        ],
      },
    },
    needs: /ClassLoader|\.class/,
    refuses: [
      'import javax.script.*;\nclass A { void m() throws Exception { new ScriptEngineManager().getEngineByName("js").eval("1"); } }',
      'class A { void m() throws Exception { Class.forName("java.lang.Runtime"); } }',
      'class A { void m() throws Exception { Class<?> c = Class.forName("java.lang." + "ProcessBuilder"); } }',
      'class A { void m() throws Exception { String n = "java.lang.Runtime"; Class.forName(n); } }',
      'import javax.tools.ToolProvider;\nclass A {}',
      'class A { void m() throws Exception { Runtime.class.getMethod("exec", String.class); } }',
      'class A { void m() throws Exception { ClassLoader.getSystemClassLoader().loadClass("java.lang.Runtime"); } }',
      'class A extends ClassLoader { Class<?> m(byte[] b) { return defineClass("X", b, 0, b.length); } }',
      'class A { void m(java.lang.invoke.MethodHandles.Lookup l) throws Exception { l.defineClass(null); } }',
    ],
    allows: [
      'class A { void m() throws Exception { Class<?> c = Class.forName("java.util.ArrayList"); Object o = c.getDeclaredConstructor().newInstance(); c.getMethod("size").invoke(o); } }',
      'class A { void m(String n) throws Exception { Class.forName(n); } }',
      'class Parser { int eval(String s) { return 1; } void m() { eval("javax.script"); } }',
      'class A { void m() { for (var f : A.class.getDeclaredFields()) System.out.println(f.getName()); } }',
    ],
  },
  {
    id: 'native',
    severity: 'error',
    message: 'Access to native code and to the insides of the runtime is not allowed',
    why: 'It steps around the language, and nothing that is judged needs it.',
    uses: [
      'sun.misc.Unsafe',
      'sun.reflect.**',
      'jdk.internal.**',
      'java.lang.foreign.**',
      'com.sun.jna.**',
      ...each('java.lang.System', 'load loadLibrary'),
      ...each('java.lang.Runtime', 'load loadLibrary'),
      ...each('java.lang.Runtime.getRuntime()', 'load loadLibrary'),
      ...each('?', 'setAccessible trySetAccessible'),
      'java.lang.invoke.MethodHandles.privateLookupIn',
    ],
    refuses: [
      'import sun.misc.Unsafe;\nclass A {}',
      'class A { void m() throws Exception { Class<?> c = sun.misc.Unsafe.class; } }',
      'class A { void m(java.lang.reflect.Field f) { f.setAccessible(true); } }',
      'class A { static { System.loadLibrary("x"); } }',
      'import java.lang.invoke.MethodHandles;\nclass A { void m() throws Exception { MethodHandles.privateLookupIn(A.class, MethodHandles.lookup()); } }',
      'import java.lang.foreign.*;\nclass A {}',
      'class A { void m() { Runtime.getRuntime().load("/x.so"); } }',
    ],
    allows: [
      'class Door { void setAccessible(boolean b) {} void m() { this.setAccessible(true); } }',
      'class Config { static Config load(String n) { return null; } void m() { Config.load("x"); load("y"); } }',
      'import java.lang.reflect.*;\nclass A { void m() throws Exception { Method m = A.class.getDeclaredMethod("m"); m.invoke(new A()); System.out.println("setAccessible(true)"); } }',
      'import java.util.concurrent.atomic.AtomicInteger;\nclass Unsafe { int count; }\nclass A { Unsafe u = new Unsafe(); AtomicInteger a; }',
    ],
  },
  {
    id: 'files',
    severity: 'error',
    message: 'Reading or writing beyond the work directory is not allowed',
    why: 'A program may use files in its work directory; the rest is not its own.',
    tree: {
      rule: {
        kind: 'object_creation_expression',
        regex:
          '^new (java\\.util\\.)?Scanner\\(\\s*(new (java\\.io\\.)?File|Paths\\.get|Path\\.of)\\("(/(etc|proc|sys|root|dev|var|boot|run)/|\\.\\./)',
      },
    },
    needs: /Scanner/,
    files: Object.fromEntries([
      ...each(
        'java.io',
        'FileReader() FileWriter() FileInputStream() FileOutputStream() RandomAccessFile() PrintWriter() PrintStream()',
      ).map((name) => [name, 0]),
      ...each('java.io.File()', METHODS_OF_A_FILE).map((name) => [`${name}()`, 0]),
      ...each('java.nio.file.Files', METHODS_OF_FILES).map((name) => [`${name}()`, 0]),
      ...each('java.nio.channels.FileChannel', 'open').map((name) => [`${name}()`, 0]),
      ...each('java.nio.file.Files', 'copy move createSymbolicLink createLink').map(
        (name) => [`${name}()`, [0, 1]] as const,
      ),
      ['java.util.zip.ZipFile()', 0],
    ]),
    refuses: [
      'import java.io.*;\nclass A { void m() throws Exception { new FileReader("/etc/passwd"); } }',
      'import java.nio.file.*;\nclass A { void m() throws Exception { Files.readAllLines(Paths.get("/etc", "passwd")); } }',
      'import java.nio.file.*;\nclass A { void m() throws Exception { Path p = Path.of("/proc/self/environ"); Files.readString(p); } }',
      'import java.io.*;\nclass A { void m() throws Exception { File f = new File("/"); f.list(); } }',
      'import java.io.*;\nimport java.util.*;\nclass A { void m() throws Exception { new Scanner(new File("../../x")); } }',
      'class A { void m() throws Exception { new java.io.FileWriter("/etc/" + "x"); } }',
      'class A { void m(String n) throws Exception { new java.io.FileReader("/etc/" + n); } }',
      'class A { void m(String n) throws Exception { new java.io.FileReader(String.format("/etc/%s", n)); } }',
      'import java.nio.file.*;\nclass A { void m() throws Exception { Files.readString(Path.of("/etc").resolve("passwd")); Files.copy(Path.of("x"), Path.of("/etc/x")); } }',
    ],
    allows: [
      'import java.io.*;\nclass A { void m() throws Exception { try (BufferedReader r = new BufferedReader(new FileReader("in.txt"))) { } catch (IOException e) { } } }',
      'import java.nio.file.*;\nclass A { void m() { Path p = Paths.get("/etc/passwd"); System.out.println(p.getFileName() + p.normalize().toString()); } }',
      'import java.nio.file.*;\nclass A { void m(String n) throws Exception { Files.readString(Path.of("data").resolve(n)); new java.io.FileReader(n + ".txt"); } }',
      'import java.io.*;\nclass A { void m() throws Exception { new FileReader("/no/such/file.txt"); new File("/etc/hosts").getName(); } }',
      'import java.util.*;\nclass A { void m() { Scanner s = new Scanner(System.in); Scanner t = new Scanner("/etc/passwd is a text"); } }',
    ],
  },
];
