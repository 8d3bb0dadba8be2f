// What JavaScript does not refuse of what its rules find, and warns of instead: the first weeks of a course have it.

import { areWordsForTerminal, evaluatingOf, evaluation, terminal } from '../engine/harmless-calls.ts';
import type { Harmless } from '../rule.ts';

export const terminalCalls: Harmless = {
  rule: 'terminal',
  calls: /^child_process\.(exec|execSync|spawn|spawnSync|execFile|execFileSync)$/,
  mentions: /^child_process$/,
  isHarmless: areWordsForTerminal,
};

export const evaluatingCalls: Harmless = evaluatingOf(/^globalThis\.eval$/, {
  suspicious:
    /\\[xu]|__proto__|\b(atob|Buffer|TextDecoder|unescape|decodeURI\w*|from(CharCode|CodePoint)|charCodeAt|reverse|process|require|import|constructor|child_process|global\w*|window|Function|eval|module|fetch|createDecipher\w*|inflate\w*|gunzip\w*|exec\w*|spawn\w*|readFile\w*)\b/,
  ordinary:
    /\brequire\(\s*["'](node:)?(fs|readline(\/promises|-sync)?|prompt-sync)["']\s*\)|\bprocess\.(stdin|argv)\b|\breadFileSync\(\s*(0|["']\/dev\/stdin["']|process\.stdin\.fd)/g,
  input: /^$/,
});

export const javascriptTerminal = terminal({
  refuses: [
    'require("child_process").execSync("clear", { stdio: "inherit" });',
    'const { execSync } = require("child_process");\nexecSync(process.platform === "win32" ? "cls" : "clear");',
    'import { spawnSync as run } from "node:child_process";\nrun("cmd", ["/c", "cls"], { stdio: "inherit" });',
    'const cp = require("child_process");\ncp.exec("clear", (error, out) => console.log(out));',
  ],
  allows: ['console.clear();\nprocess.stdout.write("\\x1Bc");'],
});

export const javascriptEvaluation = evaluation({
  refuses: [
    'console.log(eval("2 + 2"));',
    'const calculate = (expression) => eval(expression);\ncalculate("1");',
    'const line = require("fs").readFileSync(0, "utf8");\nconsole.log(eval(line));',
    `const [a, op, b] = ["1", "+", "2"];\nconsole.log(eval(a + op + b), eval(\`\${a} \${op} \${b}\`));`,
    'process.stdin.on("data", (text) => console.log(eval(String(text))));',
  ],
  allows: ['console.log(Number("1") + JSON.parse("1"));'],
});
