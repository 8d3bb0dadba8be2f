// What is refused in PHP.

import { isForTerminalOnly, terminal } from '../engine/harmless-calls.ts';
import { each, type LanguageRules, withText } from '../rule.ts';

const STARTERS =
  'system exec shell_exec passthru popen proc_open pcntl_exec pcntl_fork pcntl_rfork posix_kill mail';
/** Functions that call the one whose name is their first argument. */
const CALLERS = 'call_user_func() call_user_func_array() register_shutdown_function() is_callable()';
const OPENERS =
  'fopen file file_get_contents file_put_contents readfile opendir scandir dir glob unlink mkdir rmdir rename copy symlink link readlink chmod chown touch parse_ini_file highlight_file show_source php_strip_whitespace simplexml_load_file gzopen gzfile readgzfile';

export const php: LanguageRules = [
  {
    id: 'process',
    severity: 'error',
    message: 'Starting other programs or copies of the process is not allowed',
    why: 'A solution runs alone: there is nothing to start, and processes are how a box is attacked or worn out.',
    harmless: {
      rule: 'terminal',
      calls: /^(system|exec|shell_exec|passthru)$/,
      isHarmless: isForTerminalOnly,
    },
    uses: each('', STARTERS),
    texts: withText(CALLERS, 0, /^\\?(system|exec|shell_exec|passthru|popen|proc_open|pcntl_\w+)$/i),
    tree: {
      rule: {
        any: [
          { kind: 'shell_command_expression' },
          {
            kind: 'assignment_expression',
            has: {
              field: 'right',
              any: [{ kind: 'string' }, { kind: 'encapsed_string' }],
              regex: '^["\'](system|exec|shell_exec|passthru|popen|proc_open|pcntl_fork|pcntl_exec)["\']$',
            },
          },
        ],
      },
    },
    needs: /`|system|exec|passthru|popen|proc_open|pcntl/,
    refuses: [
      '<?php\nsystem("id");',
      '<?php\n\\exec("id");',
      '<?php\nSystem("id");',
      '<?php\necho `ls`;',
      '<?php\n$f = "system";\n$f("id");',
      '<?php\ncall_user_func("shell_exec", "id");',
      '<?php\n$p = proc_open(["ls"], [], $pipes);',
      '<?php\npcntl_fork();',
      '<?php\nnamespace App;\nclass A { function m() { return popen("ls", "r"); } }',
      '<?php\nsystem("clear");\nsystem("clear; id");',
    ],
    allows: [
      '<?php\n// system("id"); `ls`\necho "system(1) exec";',
      '<?php\nclass Db { function exec($q) { return $q; } static function system() { return 1; } }\n$db = new Db(); echo $db->exec("x"), Db::system();',
      '<?php\n$system = 1; $exec = [2]; echo $system + $exec[0];',
      '<?php\nfunction execute($x) { return $x; }\necho execute(1), getmypid(), php_sapi_name();',
    ],
  },
  terminal({
    refuses: ['<?php\nsystem("clear");', '<?php\nshell_exec("cls");'],
    allows: ['<?php\necho "\\033[2J";'],
  }),
  {
    id: 'network',
    severity: 'error',
    message: 'Using the network is not allowed',
    why: 'Programs run without any network, so a connection can only fail.',
    uses: each(
      '',
      'fsockopen pfsockopen stream_socket_client stream_socket_server socket_create socket_connect socket_bind curl_init curl_exec curl_multi_init ftp_connect gethostbyname dns_get_record mysqli mysqli_connect SoapClient',
    ),
    texts: withText(
      'file_get_contents() fopen() file() readfile() copy()',
      0,
      /^(https?|ftps?|ssh2[.\w]*):\/\//i,
    ),
    refuses: [
      '<?php\n$s = fsockopen("a", 80);',
      '<?php\n$c = curl_init("http://a");',
      '<?php\necho file_get_contents("http://a/b");',
      '<?php\n$s = socket_create(AF_INET, SOCK_STREAM, 0);',
      '<?php\n$db = new mysqli("h", "u");',
    ],
    allows: [
      '<?php\necho parse_url("http://a/b")["host"], urlencode("a b"), filter_var("http://a", FILTER_VALIDATE_URL);',
      '<?php\n$curl_init = 1; echo "curl_init", $curl_init;',
      '<?php\nclass Graph { function connect($a) { return $a; } }\necho (new Graph())->connect(1);',
    ],
  },
  {
    id: 'dynamic-code',
    severity: 'error',
    message: 'Running code that is made at run time is not allowed',
    why: 'Such code cannot be inspected before it runs.',
    uses: each('', 'eval create_function'),
    texts: withText('assert()', 0, /./),
    refuses: [
      '<?php\neval("echo 1;");',
      '<?php\neval(base64_decode("ZQ=="));',
      '<?php\nassert("system(1)");',
    ],
    allows: [
      '<?php\nclass Tree { function eval() { return 1; } }\necho (new Tree())->eval();',
      '<?php\nassert(1 + 1 === 2);\necho "eval(1)";',
      '<?php\n$eval = fn($x) => $x; echo $eval(1);',
    ],
  },
  {
    id: 'native',
    severity: 'error',
    message: 'Calling native code is not allowed',
    why: 'It goes round everything that can be read in the program.',
    uses: each('', 'FFI dl'),
    tree: { rule: { kind: 'scoped_call_expression', has: { field: 'scope', regex: '^\\\\?FFI$' } } },
    needs: /FFI/,
    refuses: ['<?php\n$f = FFI::cdef("int getpid();");', '<?php\ndl("x.so");'],
    allows: ['<?php\n$FFI = "FFI"; echo $FFI;', '<?php\n$dl = fn() => 1; echo $dl();'],
  },
  {
    id: 'files',
    severity: 'error',
    message: 'Reading or writing beyond the work directory is not allowed',
    why: 'A program may use files in its work directory; the rest is not its own.',
    files: {
      ...Object.fromEntries(OPENERS.split(' ').map((name) => [`${name}()`, 0])),
      'rename()': [0, 1],
      'copy()': [0, 1],
      'symlink()': [0, 1],
      'SplFileObject()': 0,
    },
    tree: {
      rule: {
        any: [
          { kind: 'include_expression' },
          { kind: 'include_once_expression' },
          { kind: 'require_expression' },
          { kind: 'require_once_expression' },
        ],
        regex: '^\\w+\\s*\\(?\\s*["\'](/(etc|proc|sys|root|var|dev|boot|run)/|(\\.\\./){2}|https?:)',
      },
    },
    needs: /include|require/,
    refuses: [
      '<?php\necho file_get_contents("/etc/passwd");',
      '<?php\n$f = fopen("/proc/self/environ", "r");',
      '<?php\nprint_r(scandir("/"));',
      '<?php\necho file_get_contents("/etc/" . $name);',
      '<?php\nfile_put_contents("/root/x", "x");',
      '<?php\ninclude "/etc/passwd";',
      '<?php\nrequire_once("../../secret.php");',
      '<?php\ncopy("a", "/etc/x");',
    ],
    allows: [
      '<?php\n$f = fopen("php://stdin", "r"); echo fgets($f), file_get_contents("php://stdin");',
      '<?php\nfile_put_contents("out.txt", "/etc/passwd"); include "helper.php"; require __DIR__ . "/lib.php";',
      '<?php\n$in = fopen("/dev/stdin", "r"); $tmp = fopen("/tmp/x", "w");',
      '<?php\necho basename("/etc/passwd"), dirname("/root/x");',
    ],
  },
];
