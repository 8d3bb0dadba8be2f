// What is refused in Ruby.

import { areWordsForTerminal, terminal } from '../engine/harmless-calls.ts';
import { each, type LanguageRules, withText } from '../rule.ts';

const OPENERS =
  'read readlines foreach open new write binread binwrite delete unlink rename symlink link readlink chmod chown truncate';

export const ruby: LanguageRules = [
  {
    id: 'process',
    severity: 'error',
    message: 'Starting other programs or copies of the process is not allowed',
    why: 'A solution runs alone: there is nothing to start, and processes are how a box is attacked or worn out.',
    harmless: { rule: 'terminal', calls: /^Kernel\.(system|exec)$/, isHarmless: areWordsForTerminal },
    uses: [
      // With arguments, as they are always called.
      ...each('Kernel', 'system() exec() spawn fork'),
      ...each('Process', 'spawn fork daemon exec kill'),
      'IO.popen',
      ...each('Open3', 'popen3 popen2 popen2e capture3 capture2 capture2e pipeline'),
      ...each('PTY', 'spawn open getpty'),
    ],
    texts: withText('Kernel.open()', 0, /^\|/),
    tree: { rule: { kind: 'subshell', not: { regex: '^(`|%x.)(clear|cls)(`|.)$' } } },
    needs: /`|%x/,
    refuses: [
      'system("id")',
      'system "id"',
      'puts `ls`',
      'puts %x(ls)',
      'Kernel.system("id")',
      'self.fork',
      'fork do\n  puts 1\nend',
      'Process.spawn("ls")',
      'IO.popen("ls") { |io| puts io.read }',
      'open("|ls")',
      'send(:system, "id")',
      'Kernel.method("exec").call("id")',
      'require "open3"\nOpen3.capture3("ls")',
      'class A\n  def run\n    exec("id")\n  end\nend',
      'system("clear")\nsystem("clear; id")',
    ],
    allows: [
      '# system("id")\nputs "system(`ls`)"',
      'def system(name)\n  name\nend\nputs system("linux")',
      'class Computer\n  def exec(x) = x\nend\nputs Computer.new.exec(1)',
      'system = 5\nputs system + 1',
      'puts Process.pid, Process.clock_gettime(Process::CLOCK_MONOTONIC)',
      'Thread.new { 1 }.join\nputs [:system, :exec].inspect',
    ],
  },
  terminal({
    refuses: ['system("clear")', 'system("cls") || system("clear")', 'system "clear"'],
    allows: ['print "\\e[2J"', 'puts `clear`'],
  }),
  {
    id: 'network',
    severity: 'error',
    message: 'Using the network is not allowed',
    why: 'Programs run without any network, so a connection can only fail.',
    uses: [
      'TCPSocket',
      'TCPServer',
      'UDPSocket',
      'UNIXSocket',
      'UNIXServer',
      'Socket',
      ...each('Net', 'HTTP FTP SMTP POP3 IMAP'),
      'URI.open',
      'OpenURI',
      'DRb',
    ],
    texts: withText(
      'Kernel.require()',
      0,
      /^(socket|net\/.*|open-uri|drb|webrick|openssl|faraday|httparty|rest-client)$/,
    ),
    refuses: [
      'require "socket"\nTCPSocket.new("a", 80)',
      'require "net/http"\nputs Net::HTTP.get(URI("http://a"))',
      'require "open-uri"',
      'server = TCPServer.new(1)',
    ],
    allows: [
      'require "uri"\nputs URI("http://a/b").host, URI.parse("http://a").path',
      'require "set"\nputs "require socket", Set.new([1]).size',
      'class Socket\n  def plug = 1\nend\nputs Socket.new.plug',
      'class Graph\n  def connect(a, b) = a + b\nend\nputs Graph.new.connect(1, 2)',
    ],
  },
  {
    id: 'dynamic-code',
    severity: 'error',
    message: 'Running code that is made at run time is not allowed',
    why: 'Such code cannot be inspected before it runs.',
    uses: ['Kernel.eval', 'RubyVM::InstructionSequence', 'RubyVM', 'ERB'],
    tree: {
      rule: {
        kind: 'call',
        all: [
          { has: { field: 'method', regex: '^(instance_eval|class_eval|module_eval)$' } },
          { has: { field: 'arguments', regex: '^\\(?.' } },
        ],
      },
    },
    needs: /_eval/,
    refuses: [
      'eval("1 + 1")',
      'code = gets\neval code',
      'Kernel.eval("1")',
      'obj = Object.new\nobj.instance_eval("system")',
      'send(:eval, "1")',
    ],
    allows: [
      'obj = Object.new\nobj.instance_eval { @a = 1 }',
      'class Tree\n  def eval = 1\nend\nputs Tree.new.eval',
      'puts "eval(x)" # eval("1")',
      'String.class_eval do\n  def shout = upcase\nend\nputs "a".shout',
    ],
  },
  {
    id: 'native',
    severity: 'error',
    message: 'Calling native code or the system directly is not allowed',
    why: 'It goes round everything that can be read in the program.',
    uses: ['Kernel.syscall', 'Fiddle', 'FFI', 'ObjectSpace._id2ref'],
    texts: withText('Kernel.require()', 0, /^(fiddle|ffi|dl)(\/|$)/),
    refuses: ['syscall(39)', 'require "fiddle"\nFiddle.dlopen(nil)'],
    allows: ['ffi = 1\nputs ffi, "Fiddle"', 'puts GC.stat.size'],
  },
  {
    id: 'files',
    severity: 'error',
    message: 'Reading or writing beyond the work directory is not allowed',
    why: 'A program may use files in its work directory; the rest is not its own.',
    files: {
      'Kernel.open()': 0,
      'Kernel.load()': 0,
      ...Object.fromEntries(each('File', OPENERS).map((name) => [`${name}()`, 0])),
      ...Object.fromEntries(each('IO', 'read readlines foreach write').map((name) => [`${name}()`, 0])),
      ...Object.fromEntries(
        each('Dir', 'entries children each_child glob open new mkdir rmdir').map((name) => [`${name}()`, 0]),
      ),
      ...Object.fromEntries(
        each('FileUtils', 'rm rm_r rm_rf cp cp_r mv touch mkdir mkdir_p').map((name) => [`${name}()`, 0]),
      ),
    },
    refuses: [
      'puts File.read("/etc/passwd")',
      'File.open("/proc/self/environ") { |f| puts f.read }',
      'path = "/root/x"\nFile.write(path, "x")',
      'puts Dir.entries("/")',
      'open("/etc/" + "shadow")',
      'IO.readlines("../../secret")',
      'require "fileutils"\nFileUtils.rm_rf("/")',
    ],
    allows: [
      'File.write("out.txt", "/etc/passwd")\nputs File.read("out.txt")',
      'puts File.basename("/etc/passwd"), File.join("/etc", "x"), File.exist?("a")',
      'puts File.read("/dev/stdin"), $stdin.read, STDIN.gets',
      'require_relative "helper"\nload "helper.rb"',
    ],
  },
];
