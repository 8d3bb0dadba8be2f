// What Python does not refuse of what its rules find, and warns of instead: the first weeks of a course have it.

import { evaluatingOf, evaluation, startsTerminalCommand, terminal } from '../engine/harmless-calls.ts';
import type { Harmless } from '../rule.ts';

export const terminalCalls: Harmless = {
  rule: 'terminal',
  calls: /^(os\.(system|popen)|subprocess\.(run|call|check_call|check_output|getoutput|Popen))$/,
  mentions: /^subprocess(\.(PIPE|DEVNULL|STDOUT|\w*(Error|Expired)))?$/,
  isHarmless: startsTerminalCommand,
};

export const evaluatingCalls: Harmless = evaluatingOf(/^builtins\.eval$/, {
  suspicious:
    /__|\\x|\b(import|exec|compile|getattr|globals|locals|vars|builtins|open|os|modules|popen|system|subprocess|socket|pty|b(16|32|64|85|ase\d\d)\w*|zlib|gzip|bz2|lzma|codecs|marshal|pickle|binascii|unhexlify|fromhex|bytes|bytearray|chr|rot_?13|decode|decompress|urlopen|requests|translate|reversed)\b|\[\s*::\s*-1\s*\]/,
  ordinary: /\bopen\(0\)|\bsys\.stdin\b|\bbuiltins\b(?=["'])/g,
  input: /\binput\b|\bstdin\b/,
});

export const pythonTerminal = terminal({
  refuses: [
    'import os\nos.system("cls" if os.name == "nt" else "clear")\nos.system("pause")',
    "from os import system, name\nsystem('cls') if name == 'nt' else system('clear')",
    'import os as o\ncommand = "clear"\nif o.name in ("nt", "dos"):\n    command = "cls"\no.system(command)',
    'import os\nclear = lambda: os.system("cls||clear")\nclear()',
    'import os\nos.system(["clear", "cls"][os.name == "nt"])\nos.system(os.name == "nt" and "cls" or "clear")',
    'import subprocess, platform\nsubprocess.run(["cmd", "/c", "cls"] if platform.system() == "Windows" else ["clear"])',
    'import subprocess\nsubprocess.call("cls", shell=True)\nsubprocess.run(["clear"], check=False)',
    'import os\nos.system("title Snake")\nos.system("color 0a")\nos.system("mode con: cols=80 lines=25")\nos.system("")',
  ],
  allows: ['print("\\033[2J")\nprint("os.system(\'clear\')")'],
});

export const pythonEvaluation = evaluation({
  refuses: [
    'eval(input())',
    'a, b = eval(input("Enter the number of bytes (a, b): "))',
    "n = int(eval(input('n? ')))",
    'import sys\nprint(eval(sys.stdin.readline()))',
    'a, b = map(eval, input().split())',
    'numbers = [eval(x) for x in input().split(",")]',
    'def calculate(expression):\n    try:\n        return eval(expression)\n    except SyntaxError:\n        return None',
    'a, op, b = input().split()\nprint(eval(a + op + b), eval(f"{a} {op} {b}"))',
    'print(eval("2 + 3 * 4"))',
    'print(eval(input(), {"__builtins__": {}}, {}))',
  ],
  allows: ['import ast\nprint(ast.literal_eval(input()), int(input()))'],
});
