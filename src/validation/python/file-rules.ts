// Which files are refused in Python.

import { SYSTEM_DIRECTORY } from '../engine/outside-paths.ts';
import { each, type Rule, withText } from '../rule.ts';

const OPENERS =
  'open io.open codecs.open os.open os.listdir os.scandir os.walk os.remove os.unlink os.rename os.chmod os.mkdir os.makedirs os.rmdir os.symlink os.link os.readlink shutil.copy shutil.copyfile shutil.copytree shutil.rmtree shutil.move glob.glob gzip.open bz2.open lzma.open tarfile.open zipfile.ZipFile io.FileIO os.truncate numpy.loadtxt numpy.genfromtxt numpy.fromfile pandas.read_csv pandas.read_table sqlite3.connect linecache.getlines linecache.getline fileinput.input';
const PATH_METHODS =
  'open read_text read_bytes write_text write_bytes iterdir glob rglob unlink mkdir rmdir touch chmod rename readlink';

export const pythonFiles: Rule = {
  id: 'files',
  severity: 'error',
  message: 'Reading or writing beyond the work directory is not allowed',
  why: 'A program may use files in its work directory; the rest is not its own.',
  texts: withText('os.chdir()', 0, SYSTEM_DIRECTORY),
  files: {
    ...Object.fromEntries(
      OPENERS.split(' ').map((name) => [`${name.includes('.') ? name : `builtins.${name}`}()`, 0]),
    ),
    ...Object.fromEntries(each('pathlib.Path()', PATH_METHODS).map((name) => [`${name}()`, 0])),
    ...Object.fromEntries(
      each(
        '',
        'os.rename() os.replace() os.symlink() os.link() shutil.copy() shutil.copyfile() shutil.copytree() shutil.move()',
      ).map((name) => [name, [0, 1]]),
    ),
    ...Object.fromEntries(each('pathlib.PosixPath()', PATH_METHODS).map((name) => [`${name}()`, 0])),
  },
  refuses: [
    'print(open("/etc/passwd").read())',
    'with open("/etc/" + "shadow") as f:\n    pass',
    'p = "/proc/self/environ"\nopen(p)',
    'import os\nprint(os.listdir("/"))',
    'from pathlib import Path\nprint(Path("/etc/passwd").read_text())',
    'from pathlib import Path\np = Path("/root/x")\np.write_text("x")',
    'open("../../secret")',
    'import shutil\nshutil.rmtree("/")',
    'open(file="/dev/sda")',
    'import io\nio.open("/sys/kernel/x")',
    'd = "etc"\nopen(f"/{d}/passwd")',
    'open("/etc/{}".format(input()))',
    'open("/etc/%s" % input())',
    'import os\nos.chdir("/etc")',
    'import shutil\nshutil.copy("x", "/etc/cron.d/x")',
    'from pathlib import Path\nprint((Path("/etc") / input()).read_text())',
  ],
  allows: [
    'with open("notes.txt", "w") as f:\n    f.write("/etc/passwd")',
    'try:\n    open("/no/such/file.txt")\nexcept FileNotFoundError:\n    print("missing")',
    'import sys, os\nprint(os.path.basename("/etc/passwd"))\ndata = open(0).read()\nlines = open("/dev/stdin")',
    'from pathlib import Path\nimport os\nprint(os.path.exists("/etc/passwd"), Path("/etc").exists())\nprint(Path("/etc/hosts").suffix, Path("a/b").parent)\nopen("/tmp/x.txt", "w")',
    'import os\nos.mkdir("d")\nos.chdir("d")\nos.chdir("..")\nname = input()\nopen(f"{name}.txt", "w")\nopen("out/%s.csv" % name, "w")\nos.rename("a", "b" + name)',
    'class Door:\n    def open(self, where): pass\nDoor().open("/etc/passwd")',
    'def simplify(path): return path\nprint(simplify("/home//foo/../etc/"))',
  ],
};
