// What is refused in C++: what is in C, and what its own library adds.

import { c, OF_TWO, opening } from '../c/rules.ts';
import { each, type LanguageRules, type Rule } from '../rule.ts';

const STREAMS = 'ifstream ofstream fstream';
const FILESYSTEM =
  'remove remove_all rename copy copy_file create_directory create_directories create_symlink directory_iterator recursive_directory_iterator permissions read_symlink resize_file';
const ADDED: Readonly<Record<string, Partial<Rule>>> = {
  process: {
    refuses: [
      '#include <cstdlib>\nint main() { std::system("ls"); }',
      '#include <cstdlib>\nint main() { ::system("ls"); }',
      '#include <cstdlib>\nusing std::system;\nint main() { auto f = &std::system; f("ls"); }',
      '#include <thread>\n#include <cstdlib>\nint main() { std::thread t(system, "ls"); t.join(); }',
      '#include <unistd.h>\nint main() { auto run = [] { return fork(); }; run(); }',
    ],
    allows: [
      'struct Os { int system(const char *c) { return fork(); } int fork() { return 1; } };\nint main() { Os os; return os.system("ls"); }',
      'class Shape { public: virtual Shape *clone() const { return new Shape(); } Shape *twin() { return clone(); } };\nint main() { Shape s; delete s.clone(); }',
      'namespace os { int system(int x) { return x; } }\nint main() { return os::system(1); }',
      'template <class T> T exec(T t) { return t; }\nint main() { auto system = [](int x) { return x; }; return exec(system(0)); }',
      '#include <system_error>\n#include <thread>\n#include <future>\n#include <atomic>\nint main() { std::thread t([] {}); t.join(); auto f = std::async([] { return 1; }); return f.get() - 1; }',
      'struct Repo { void fork(); };\nvoid Repo::fork() {}\nint main() { Repo r; r.fork(); }',
    ],
  },
  network: {
    allows: [
      '#include <functional>\nusing namespace std;\nint add(int a, int b) { return a + b; }\nint main() { auto f = bind(add, 1, placeholders::_1); return f(-1); }',
      'struct DSU { int find(int x) { return x; } void connect(int a, int b) { find(a); } };\nint main() { DSU d; d.connect(1, 2); }',
      'class Socket { public: int socket() { return 1; } int open() { return socket(); } };\nint main() { Socket s; return s.open() - 1; }',
    ],
  },
  files: {
    files: {
      ...opening(
        'fopen freopen open openat creat opendir remove unlink rename mkdir rmdir chmod readlink truncate',
      ),
      ...OF_TWO,
      ...opening(STREAMS),
      ...opening(
        each('ifstream', 'open').concat(each('ofstream', 'open'), each('fstream', 'open')).join(' '),
      ),
      ...opening(each('filesystem', FILESYSTEM).join(' ')),
    },
    refuses: [
      '#include <fstream>\nint main() { std::ifstream in("/etc/passwd"); }',
      '#include <fstream>\nusing namespace std;\nint main() { ifstream in{"/proc/self/environ"}; }',
      '#include <fstream>\n#include <string>\nint main() { std::string p = "/etc/passwd"; std::ifstream in(p); }',
      '#include <fstream>\nint main() { const char *p = "/etc/passwd"; std::ifstream in{p}; }',
      '#include <fstream>\nint main() { std::ifstream in; in.open("/etc/passwd"); }',
      '#include <filesystem>\nnamespace fs = std::filesystem;\nint main() { fs::remove_all("/etc"); for (auto &e : fs::directory_iterator("/")) {} }',
      '#include <cstdio>\nint main() { std::fopen("/etc/passwd", "r"); }',
    ],
    allows: [
      '#include <fstream>\n#include <iostream>\nint main() { std::ofstream out("out.txt"); out << "/etc/passwd"; std::ifstream in("/no/such/file"); if (!in) std::cout << "none"; }',
      '#include <filesystem>\n#include <iostream>\nint main() { std::filesystem::path p("/etc/passwd"); std::cout << p.filename() << p.parent_path(); }',
      '#include <fstream>\n#include <string>\nint main(int argc, char **argv) { std::ifstream in("/dev/stdin"), b(argv[1]); std::string n = "a.txt"; std::ofstream out(n); std::ifstream c(n + ".bak"); }',
    ],
  },
};

export const cpp: LanguageRules = c.map((rule) => {
  const added = ADDED[rule.id] ?? {};
  return {
    ...rule,
    ...added,
    refuses: [...rule.refuses, ...(added.refuses ?? [])],
    allows: [...rule.allows, ...(added.allows ?? [])],
  };
});
