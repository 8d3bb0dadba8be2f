// What is refused in Lua.

import { isForTerminalOnly, terminal } from '../engine/harmless-calls.ts';
import type { LanguageRules } from '../rule.ts';

export const lua: LanguageRules = [
  {
    id: 'process',
    severity: 'error',
    message: 'Starting other programs is not allowed',
    why: 'A solution runs alone: there is nothing to start, and processes are how a box is attacked or worn out.',
    harmless: { rule: 'terminal', calls: /^os\.execute$/, isHarmless: isForTerminalOnly },
    uses: ['os.execute', 'io.popen', 'os.<computed>', 'io.<computed>'],
    refuses: [
      'os.execute("id")',
      'local o = os\no.execute("id")',
      'local run = os.execute\nrun("id")',
      'os["execute"]("id")',
      '_G.os.execute("id")',
      'require("os").execute("id")',
      'package.loaded.os.execute("id")',
      'local f = io.popen("ls")\nprint(f:read("a"))',
      'os.execute("clear")\nos.execute("clear; id")',
    ],
    allows: [
      '-- os.execute("id")\nprint("os.execute")',
      'print(os.time(), os.clock(), os.date("%Y"), os.getenv("HOME"))\nos.exit(0)',
      'local Machine = {}\nfunction Machine.execute(self) return 1 end\nprint(Machine:execute())',
      'local os = { execute = print }\nos.execute("hi")',
      'local function each(io) return io.popen end\nprint(each({ popen = 1 }))',
    ],
  },
  terminal({
    refuses: ['os.execute("clear")', 'os.execute("cls")'],
    allows: ['io.write("\\27[2J")'],
  }),
  {
    id: 'network',
    severity: 'error',
    message: 'Using the network is not allowed',
    why: 'Programs run without any network, so a connection can only fail.',
    uses: ['socket', 'socket.**', 'ssl', 'ssl.**', 'http', 'http.**', 'copas', 'cqueues'],
    refuses: ['local socket = require("socket")', 'local http = require "socket.http"'],
    allows: ['local list = require("list")', 'local socket = 5\nprint("require socket", socket)'],
  },
  {
    id: 'dynamic-code',
    severity: 'error',
    message: 'Running code that is made at run time is not allowed',
    why: 'Such code cannot be inspected before it runs.',
    uses: ['load', 'loadstring'],
    refuses: ['load("x = 1")()', 'local run = loadstring\nrun("x = 1")', '_G["load"]("x")'],
    allows: [
      'local data = {}\nfunction data:load() return self end\nprint(data:load())',
      'local function load(x) return x end\nprint(load(1))',
      'print("load(x)") -- load("x")',
    ],
  },
  {
    id: 'native',
    severity: 'error',
    message: 'Loading native code is not allowed',
    why: 'It goes round everything that can be read in the program.',
    uses: ['package.loadlib', 'debug.getregistry', 'ffi', 'posix', 'posix.**', 'alien'],
    refuses: ['package.loadlib("/lib/x.so", "f")', 'local ffi = require("ffi")', 'debug.getregistry()'],
    allows: ['print(debug.traceback("x"))', 'local ffi = "ffi"\nprint(ffi, package.path)'],
  },
  {
    id: 'files',
    severity: 'error',
    message: 'Reading or writing beyond the work directory is not allowed',
    why: 'A program may use files in its work directory; the rest is not its own.',
    files: {
      'io.open()': 0,
      'io.lines()': 0,
      'io.input()': 0,
      'io.output()': 0,
      'os.remove()': 0,
      'os.rename()': [0, 1],
      'dofile()': 0,
      'loadfile()': 0,
    },
    refuses: [
      'local f = io.open("/etc/passwd", "r")',
      'for line in io.lines("/proc/self/environ") do print(line) end',
      'local path = "/root/x"\nio.output(path)',
      'os.remove("../../x")',
      'io.open("/etc/" .. "passwd")',
      'dofile("/etc/x.lua")',
    ],
    allows: [
      'local f = io.open("data.txt", "w")\nf:write("/etc/passwd")\nf:close()',
      'for line in io.lines() do print(line) end',
      'dofile("helper.lua")\nos.rename("a.txt", "b.txt")',
      'io.output("/dev/stdout")',
    ],
  },
];
