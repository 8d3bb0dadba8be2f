// What is refused in Rust.

import { isTerminalChain, terminal } from '../engine/harmless-calls.ts';
import { SYSTEM_DIRECTORY } from '../engine/outside-paths.ts';
import { each, type LanguageRules } from '../rule.ts';

const FILE_FUNCTIONS =
  'read read_to_string write read_dir remove_file remove_dir remove_dir_all create_dir create_dir_all rename copy read_link hard_link set_permissions';
const FOREIGN =
  'system popen fork vfork execve execv execvp execl execlp posix_spawn socket connect dlopen dlsym syscall ptrace mprotect mmap mount setuid setgid kill open openat creat unlink clone execvpe bind accept chroot setns unshare';

export const rust: LanguageRules = [
  {
    id: 'process',
    severity: 'error',
    message: 'Starting other programs is not allowed',
    why: 'A solution runs alone: there is nothing to start, and processes are how a box is attacked or worn out.',
    harmless: {
      rule: 'terminal',
      calls: /^std\.process\.Command\.new$/,
      mentions: /^std\.process\.(Stdio|Child)/,
      isHarmless: isTerminalChain,
    },
    uses: [
      ...each('std.process', 'Command Child Stdio ChildStdin ChildStdout'),
      'std.os.unix.process.CommandExt',
    ],
    refuses: [
      'use std::process::Command;\nfn main() { Command::new("ls").spawn().unwrap(); }',
      'use std::process::Command as C;\nfn main() { C::new("ls"); }',
      'fn main() { std::process::Command::new("ls").output().unwrap(); }',
      'use std::process;\nfn main() { process::Command::new("ls"); }',
      'use std::process::{self as p, exit};\nfn main() { p::Command::new("ls"); exit(0); }',
      'use std::process::*;\nfn main() { Command::new("ls"); }',
      'fn main() { println!("{:?}", std::process::Command::new("ls").output()); }',
      'use std as s;\nfn main() { s::process::Command::new("ls"); }',
      'fn main() { let c = ::std::process::Command::new("ls"); }',
      'use std::{io, process::Command};\nfn main() {}',
      'use std::process::Command;\nfn main() { Command::new("clear").status().ok(); Command::new("id").status().ok(); }',
      'use std::process::Command;\nfn main() { Command::new("cmd").args(["/c", "dir"]).status().ok(); Command::new("sh").arg("-c").arg("clear; id").status().ok(); }',
    ],
    allows: [
      'use std::process;\nfn main() { println!("std::process::Command"); process::exit(0); }',
      'use std::process::ExitCode;\nfn main() -> ExitCode { /* Command::new */ ExitCode::SUCCESS }',
      'enum Command { Go, Stop }\nimpl Command { fn new(s: &str) -> Command { if s == "go" { Command::Go } else { Command::Stop } } }\nfn main() { Command::new("go"); }',
      'trait Command { fn execute(&self); }\nstruct Light;\nimpl Command for Light { fn execute(&self) {} }\nfn main() { Light.execute(); }',
      'use std::thread;\nuse std::sync::{mpsc, Arc, Mutex};\nfn main() { let h = thread::spawn(|| 1); h.join().unwrap(); let (t, _r) = mpsc::channel::<i32>(); drop(t); let _ = Arc::new(Mutex::new(0)); }',
    ],
  },
  terminal({
    refuses: [
      'use std::process::Command;\nfn main() { Command::new("clear").status().unwrap(); }',
      'use std::process::{Command, Stdio};\nfn main() { if cfg!(windows) { Command::new("cmd").args(&["/C", "cls"]).stdout(Stdio::inherit()).status().unwrap(); } else { Command::new("clear").spawn().unwrap().wait().unwrap(); } }',
      'fn main() { let _ = std::process::Command::new("cmd").arg("/c").arg("cls").status(); }',
    ],
    allows: ['fn main() { print!("\\x1B[2J\\x1B[1;1H"); }'],
  }),
  {
    id: 'network',
    severity: 'error',
    message: 'Using the network is not allowed',
    why: 'Programs run without any network, so a connection can only fail.',
    uses: [
      ...each('std.net', 'TcpStream TcpListener UdpSocket ToSocketAddrs'),
      ...each('std.os.unix.net', 'UnixStream UnixListener UnixDatagram'),
      'reqwest',
      'hyper',
    ],
    refuses: [
      'use std::net::TcpStream;\nfn main() { TcpStream::connect("a:1").unwrap(); }',
      'fn main() { let l = std::net::TcpListener::bind("a:1"); }',
      'use std::net::*;\nfn main() { let s = UdpSocket::bind("a:1"); }',
      'use std::net;\nfn f(s: net::TcpStream) {}\nfn main() {}',
      'use std::os::unix::net::UnixStream;\nfn main() {}',
    ],
    allows: [
      'use std::net::{IpAddr, Ipv4Addr};\nfn main() { let a: IpAddr = "127.0.0.1".parse().unwrap(); println!("{} {}", a, Ipv4Addr::LOCALHOST); }',
      'struct TcpStream { state: u8 }\nfn main() { let s = TcpStream { state: 1 }; println!("{}", s.state); } // std::net::TcpStream',
      'struct Graph;\nimpl Graph { fn connect(&mut self, a: usize, b: usize) { let _ = a + b; } }\nfn main() { Graph.connect(1, 2); }',
    ],
  },
  {
    id: 'assembly',
    severity: 'error',
    message: 'Inline assembly is not allowed',
    why: 'It steps around the language, and makes system calls by hand.',
    uses: [...each('std.arch', 'asm global_asm naked_asm')],
    tree: {
      rule: {
        kind: 'macro_invocation',
        has: { field: 'macro', regex: '^(.*::)?(global_|naked_|llvm_)?asm$' },
      },
    },
    needs: /asm/,
    refuses: [
      'use std::arch::asm;\nfn main() { unsafe { asm!("nop"); } }',
      'fn main() { unsafe { core::arch::asm!("nop"); } }',
      'core::arch::global_asm!("nop");\nfn main() {}',
      'use std::arch::asm as a;\nfn main() { unsafe { a!("nop"); } }',
    ],
    allows: [
      'fn main() { println!("asm!(nop)"); } // asm!("nop")',
      'fn asm(x: i32) -> i32 { x }\nfn main() { asm(1); }',
    ],
  },
  {
    id: 'native',
    severity: 'error',
    message: 'Calling the system by foreign functions is not allowed',
    why: 'It steps around the language, and nothing that is judged needs it.',
    uses: ['libc', 'nix', 'libloading'],
    tree: {
      rule: {
        any: [
          {
            kind: 'function_signature_item',
            has: { field: 'name', regex: `^(${FOREIGN.replaceAll(' ', '|')})$` },
            inside: { kind: 'foreign_mod_item', stopBy: 'end' },
          },
          { kind: 'attribute_item', regex: `link_name\\s*=\\s*"(${FOREIGN.replaceAll(' ', '|')})"` },
        ],
      },
    },
    needs: /extern|link_name/,
    refuses: [
      'extern "C" { fn system(s: *const u8) -> i32; }\nfn main() { unsafe { system("ls\\0".as_ptr()); } }',
      'extern "C" { #[link_name = "system"] fn s(c: *const u8) -> i32; }\nfn main() {}',
      'extern crate libc;\nfn main() { unsafe { libc::fork(); } }',
      'use libc::*;\nfn main() {}',
    ],
    allows: [
      'extern "C" { fn abs(x: i32) -> i32; }\nfn main() { unsafe { println!("{}", abs(-1)); } }',
      'trait Os { fn system(&self) -> i32; }\nfn fork() {}\nfn main() { fork(); }',
      'use std::mem;\nfn main() { let x: u32 = 1; let y: f32 = f32::from_bits(x); println!("{} {}", y, mem::size_of::<u32>()); }',
    ],
  },
  {
    id: 'unsafe',
    severity: 'warning',
    message: 'Memory is used without the checks of the language',
    why: 'A mistake there ends the program without an error that Rust could explain.',
    tree: { rule: { kind: 'unsafe_block' } },
    refuses: ['fn main() { let x = 1; let p = &x as *const i32; unsafe { println!("{}", *p); } }'],
    allows: ['fn main() { let unsafe_block = 1; println!("unsafe {{ {} }}", unsafe_block); } // unsafe {}'],
  },
  {
    id: 'files',
    severity: 'error',
    message: 'Reading or writing beyond the work directory is not allowed',
    why: 'A program may use files in its work directory; the rest is not its own.',
    uses: ['file outside'],
    texts: { 'std.env.set_current_dir()': { argument: 0, matches: SYSTEM_DIRECTORY } },
    files: Object.fromEntries(
      [
        ...each('std.fs', FILE_FUNCTIONS),
        ...each('std.fs.File', 'open create options'),
        'std.fs.OpenOptions.new().open',
        'std.os.unix.fs.symlink',
        'std.path.Path.new().read_dir',
      ].map((name) => [`${name}()`, /copy|rename|link$/.test(name) ? [0, 1] : 0]),
    ),
    tree: {
      rule: {
        any: [
          { kind: 'attribute_item', regex: '\\bpath\\s*=\\s*(r#*)?"(/|(\\.\\./)+(etc|proc|dev|\\.\\.))' },
        ],
      },
    },
    needs: /path/,
    refuses: [
      'use std::fs;\nfn main() { let s = fs::read_to_string("/etc/passwd").unwrap(); }',
      'use std::fs::File;\nfn main() { let f = File::open("/proc/self/environ"); }',
      'use std::fs::File;\nconst P: &str = "/etc/shadow";\nfn main() { let f = File::open(P).unwrap(); }',
      'fn main() { println!("{}", std::fs::read_to_string("/etc/passwd").unwrap()); }',
      'fn main() { let s = include_str!("/etc/passwd"); }',
      'fn main() { println!("{}", include_str!("/etc/passwd")); }',
      'fn main() { let b = include_bytes!{ /* a */ r#"../secret"# }; }',
      'fn main() { let s = include_str!(concat!("/", "etc/", "passwd")); }',
      'fn main() { let s = include_str!(concat!(env!("HOME"), "/../../etc/passwd")); }',
      'fn main() { let s = include_str!("\\x2fetc/passwd"); }',
      'macro_rules! text { ($p:expr) => { include_str!($p) } }\nfn main() { text!("/etc/passwd"); }',
      'use std::include_str as text;\nfn main() { text!("x"); }',
      '#[cfg_attr(all(), path = "/etc/passwd")]\nmod x;\nfn main() {}',
      'fn main() { let d = format!("/etc/{}", "passwd"); std::fs::read(&d); std::fs::rename("x", "y"); }',
      'fn main() { std::fs::rename("x", "/etc/x"); }',
      'fn main() { std::fs::read(std::path::Path::new("/etc").join("passwd")); }',
      'fn main() { std::fs::read("/etc/".to_string() + "passwd"); }',
      'use std::fs::OpenOptions;\nfn main() { OpenOptions::new().read(true).append(true).open("/etc/passwd"); }',
      '#[path = "/etc/passwd"]\nmod x;\nfn main() {}',
      'use std::fs;\nfn main() { for e in fs::read_dir("/").unwrap() {} fs::remove_dir_all("../../x"); }',
      'use std::fs::File;\nuse std::path::Path;\nfn main() { let p = Path::new("/etc/passwd"); let f = File::open(p); let g = File::open(&p); }',
    ],
    allows: [
      'fn main() { println!("include_str!(\\"/etc/passwd\\") {}", include_str!("data/a.txt")); } // include_str!("/etc/passwd")',
      'fn include_str(p: &str) {}\nfn main() { include_str("/etc/passwd"); }',
      'use std::fs::{self, File};\nfn main() { fs::write("out.txt", "/etc/passwd").unwrap(); if File::open("/no/such/file").is_err() { println!("none"); } }',
      'use std::path::Path;\nfn main() { let p = Path::new("/etc/passwd"); println!("{:?} {:?}", p.file_name(), p.parent()); }',
      'use std::path::Path;\nfn main() { let n = "a"; std::fs::write(format!("{}.txt", n), "").ok(); std::fs::read(Path::new("data").join(n)).ok(); std::env::set_current_dir("..").ok(); }',
      'struct File;\nimpl File { fn open(p: &str) -> File { let _ = p; File } }\nfn main() { File::open("/etc/passwd"); }',
    ],
  },
];
