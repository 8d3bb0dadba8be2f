// What is refused in Go.

import { areWordsForTerminal, terminal } from '../engine/harmless-calls.ts';
import { SYSTEM_DIRECTORY } from '../engine/outside-paths.ts';
import { each, type LanguageRules } from '../rule.ts';

const OPENERS =
  'Open OpenFile Create ReadFile WriteFile ReadDir Remove RemoveAll Rename Mkdir MkdirAll Chmod Chown Readlink Symlink Link Truncate DirFS';

export const go: LanguageRules = [
  {
    id: 'process',
    severity: 'error',
    message: 'Starting other programs is not allowed',
    why: 'A solution runs alone: there is nothing to start, and processes are how a box is attacked or worn out.',
    harmless: {
      rule: 'terminal',
      calls: /^os\/exec\.Command$/,
      mentions: /^os\/exec(\.Cmd)?$/,
      isHarmless: areWordsForTerminal,
    },
    uses: [
      'os/exec.**',
      'os/exec.Command',
      'os.StartProcess',
      'os.ProcAttr',
      ...each('syscall', 'Exec ForkExec StartProcess SysProcAttr'),
    ],
    refuses: [
      'package main\nimport "os/exec"\nfunc main() { exec.Command("ls").Run() }',
      'package main\nimport e "os/exec"\nfunc main() { e.Command("ls") }',
      'package main\nimport . "os/exec"\nfunc main() { Command("ls") }',
      'package main\nimport "os/exec"\nfunc main() { exec.Command("clear").Run(); exec.Command("id").Run() }',
      'package main\nimport (\n\t"os"\n\t"os/exec"\n)\nfunc main() { exec.Command("cmd", "/c", "cls").Run(); exec.Command(os.Args[1]) }',
      'package main\nimport _ "os/exec"\nfunc main() {}',
      'package main\nimport "syscall"\nfunc main() { syscall.Exec("/bin/sh", nil, nil) }',
      'package main\nimport "os"\nfunc main() { os.StartProcess("/bin/sh", nil, &os.ProcAttr{}) }',
      'package main\nimport "syscall"\nfunc main() { f := syscall.ForkExec; f("/bin/sh", nil, nil) }',
    ],
    allows: [
      'package main\nimport "fmt"\n// import "os/exec"\nfunc main() { fmt.Println("os/exec") }',
      'package main\ntype shell struct{}\nfunc (s shell) Command(n string) {}\nfunc main() { exec := shell{}; exec.Command("ls") }',
      'package main\nimport (\n\t"os"\n\t"os/signal"\n\t"syscall"\n)\nfunc main() { c := make(chan os.Signal, 1); signal.Notify(c, os.Interrupt, syscall.SIGTERM); go func() { syscall.Kill(syscall.Getpid(), syscall.SIGTERM) }(); os.Exit(0) }',
      'package main\nimport (\n\t"bufio"\n\t"os"\n\t"sync"\n\t"runtime"\n\t"reflect"\n)\nfunc main() { bufio.NewReader(os.Stdin); var w sync.WaitGroup; w.Wait(); runtime.GOMAXPROCS(0); reflect.TypeOf(1); os.Getenv("HOME"); _ = os.Args }',
    ],
  },
  terminal({
    refuses: [
      'package main\nimport (\n\t"os"\n\t"os/exec"\n)\nfunc main() { cmd := exec.Command("clear"); cmd.Stdout = os.Stdout; cmd.Run() }',
      'package main\nimport (\n\t"os"\n\t"os/exec"\n\t"runtime"\n)\nfunc clear() { var cmd *exec.Cmd; if runtime.GOOS == "windows" { cmd = exec.Command("cmd", "/c", "cls") } else { cmd = exec.Command("clear") }; cmd.Stdout = os.Stdout; cmd.Run() }\nfunc main() { clear() }',
    ],
    allows: [
      'package main\nimport "fmt"\nfunc main() { fmt.Print("\\033[H\\033[2J"); m := map[int]int{}; clear(m) }',
    ],
  }),
  {
    id: 'network',
    severity: 'error',
    message: 'Using the network is not allowed',
    why: 'Programs run without any network, so a connection can only fail.',
    uses: [
      'net/http',
      'net/rpc',
      'net/rpc/jsonrpc',
      'net/smtp',
      'net/http/httptest',
      'net/http/httputil',
      'log/syslog',
      'golang·org/x/net/websocket',
      ...each(
        'net',
        'Dial DialTimeout DialTCP DialUDP DialIP DialUnix Dialer Listen ListenTCP ListenUDP ListenIP ListenUnix ListenPacket ListenMulticastUDP ListenConfig LookupHost LookupIP LookupAddr LookupCNAME LookupMX LookupNS LookupTXT LookupSRV LookupPort Resolver DefaultResolver Interfaces InterfaceAddrs FileConn ResolveTCPAddr ResolveUDPAddr ResolveIPAddr',
      ),
      ...each('crypto/tls', 'Dial DialWithDialer Listen Dialer'),
      ...each('syscall', 'Socket Connect Bind Listen Accept Sendto Recvfrom'),
    ],
    refuses: [
      'package main\nimport "net/http"\nfunc main() { http.Get("http://example.org") }',
      'package main\nimport "net"\nfunc main() { net.Dial("tcp", "a:1") }',
      'package main\nimport n "net"\nfunc main() { l, _ := n.Listen("tcp", ":1"); l.Close() }',
      'package main\nimport . "net"\nfunc main() { Dial("tcp", "a:1") }',
      'package main\nimport "net"\nvar d net.Dialer\nfunc main() {}',
    ],
    allows: [
      'package main\nimport (\n\t"fmt"\n\t"net"\n\t"net/url"\n)\nfunc main() { fmt.Println(net.ParseIP("127.0.0.1")); url.Parse("http://a/b") }',
      'package main\ntype Phone struct{}\nfunc (p Phone) Dial(n string) {}\nfunc Listen() {}\nfunc main() { net := Phone{}; net.Dial("1"); Listen() }',
    ],
  },
  {
    id: 'native',
    severity: 'error',
    message: 'Access to native code and to the system is not allowed',
    why: 'It steps around the language, and nothing that is judged needs it.',
    uses: [
      'C',
      'plugin',
      'runtime/cgo',
      'golang·org/x/sys/unix',
      ...each(
        'syscall',
        'Syscall Syscall6 RawSyscall RawSyscall6 SYS_EXECVE Mount Unmount Chroot Setuid Setgid Ptrace PtraceAttach PtracePokeData Mmap Mprotect Unshare Setns Reboot Open Unlink',
      ),
    ],
    tree: { rule: { kind: 'comment', regex: '^//(go:linkname|go:cgo_|#cgo)' } },
    needs: /go:linkname|go:cgo_|#cgo/,
    refuses: [
      'package main\n// #include <stdlib.h>\nimport "C"\nfunc main() { C.system(nil) }',
      'package main\nimport "syscall"\nfunc main() { syscall.RawSyscall(57, 0, 0, 0) }',
      'package main\nimport "plugin"\nfunc main() { plugin.Open("x.so") }',
      'package main\nimport _ "unsafe"\n//go:linkname x runtime.y\nfunc x()\nfunc main() {}',
    ],
    allows: [
      'package main\nimport (\n\t"fmt"\n\t"unsafe"\n)\nfunc main() { var x int64; fmt.Println(unsafe.Sizeof(x)) }',
      'package main\ntype vm struct{}\nfunc (v vm) Syscall(n int) {}\nfunc main() { syscall := vm{}; syscall.Syscall(1) }',
      'package main\nimport "errors"\nimport "syscall"\nfunc main() { _ = errors.Is(nil, syscall.ENOENT) }',
    ],
  },
  {
    id: 'unsafe-pointer',
    severity: 'warning',
    message: 'Memory is used without the checks of the language',
    why: 'A mistake there ends the program without an error that Go could explain.',
    uses: ['unsafe.Pointer', 'unsafe.Slice', 'unsafe.String', 'unsafe.Add'],
    refuses: ['package main\nimport "unsafe"\nfunc main() { x := 1; _ = *(*float64)(unsafe.Pointer(&x)) }'],
    allows: [
      'package main\nimport "unsafe"\nfunc main() { var s struct{ a int8; b int64 }; println(unsafe.Offsetof(s.b), unsafe.Alignof(s.a)) }',
    ],
  },
  {
    id: 'files',
    severity: 'error',
    message: 'Reading or writing beyond the work directory is not allowed',
    why: 'A program may use files in its work directory; the rest is not its own.',
    files: Object.fromEntries(
      [
        ...each('os', OPENERS),
        ...each('io/ioutil', 'ReadFile WriteFile ReadDir'),
        ...each('path/filepath', 'Walk WalkDir Glob'),
      ].map((name) => [`${name}()`, /Rename|link$|Link$/.test(name) ? [0, 1] : 0]),
    ),
    texts: { 'os.Chdir()': { argument: 0, matches: SYSTEM_DIRECTORY } },
    tree: { rule: { kind: 'comment', regex: '^//go:embed\\s(.*[\\s"`:])?(/|.*\\.\\./)' } },
    needs: /go:embed/,
    refuses: [
      'package main\nimport "os"\nfunc main() { os.ReadFile("/etc/passwd") }',
      'package main\nimport "os"\nfunc main() { p := "/proc/self/environ"; f, err := os.Open(p); _, _ = f, err }',
      'package main\nimport "os"\nconst dir = "/etc/"\nfunc main() { os.Open(dir + "shadow") }',
      'package main\nimport "os"\nfunc main() { open := os.Open; open("/etc/passwd") }',
      'package main\nimport "os"\nfunc main() { os.RemoveAll("/"); os.Open("../../x") }',
      'package main\nimport (\n\t"fmt"\n\t"os"\n)\nfunc main() { os.Open(fmt.Sprintf("/etc/%s", os.Args[1])) }',
      'package main\nimport "os"\nfunc main() { os.Rename("x", "/etc/x") }',
      'package main\nimport "io/ioutil"\nfunc main() { ioutil.ReadFile(`/etc/passwd`) }',
      'package main\nimport _ "embed"\n//go:embed "/etc/passwd"\nvar s string\nfunc main() {}',
      'package main\nimport "embed"\n//go:embed a.txt all:../../etc\nvar f embed.FS\nfunc main() {}',
    ],
    allows: [
      'package main\nimport "os"\nfunc main() { os.WriteFile("out.txt", []byte("/etc/passwd"), 0o644); if _, err := os.Open("/no/such/file"); err != nil { os.Exit(0) } }',
      'package main\nimport "path/filepath"\nfunc main() { println(filepath.Base("/etc/passwd"), filepath.Join("/etc", "x")) }',
      'package main\nimport (\n\t"fmt"\n\t"os"\n)\nfunc main() { os.Chdir("d"); os.Chdir(".."); os.Create(fmt.Sprintf("out-%d.txt", 1)) }',
      'package main\nimport "os"\nfunc main() { os.Open("/dev/stdin"); os.Create("/tmp/x") }',
      'package main\nimport "embed"\n//go:embed data/a.txt b.txt\nvar f embed.FS\nfunc main() {}',
    ],
  },
];
