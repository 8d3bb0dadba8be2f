// What is refused in shell scripts. Starting programs is what scripts are for; these programs, and ways to wear out a
// machine, are not.

import type { LanguageRules } from '../rule.ts';

const commands = (names: string) => names.split(' ').map((name) => `command ${name}`);
const SYSTEM =
  '((\\.\\./)*\\.\\./(etc|proc|root)/|/+(\\s|$)|/+(etc|proc|sys|root|boot|run|var)(/|$|[*])|/+dev/(sd|vd|hd|nvme|mem|kmem|loop|dm-))';

export const bash: LanguageRules = [
  {
    id: 'fork-bomb',
    severity: 'error',
    message: 'A function that starts copies of itself in the background is not allowed',
    why: 'It fills the process table: a fork bomb.',
    tree: {
      rule: {
        kind: 'function_definition',
        regex: '^(function\\s+)?\\S+\\s*(\\(\\s*\\))?\\s*[{(][\\s\\S]*&',
        any: [
          { regex: '^:\\s*\\(\\s*\\)\\s*\\{\\s*:\\s*\\|\\s*:\\s*&' },
          {
            regex:
              '^(function\\s+)?(b|f|x|bomb|fork|forkbomb|fork_bomb|boom|\\.)\\s*(\\(\\s*\\))?\\s*\\{\\s*(b|f|x|bomb|fork|forkbomb|fork_bomb|boom|\\.)\\s*(\\||&)\\s*(b|f|x|bomb|fork|forkbomb|fork_bomb|boom|\\.)?\\s*&?',
          },
        ],
      },
    },
    needs: /&/,
    uses: ['copy of itself'],
    refuses: [
      ':(){ :|:& };:',
      'bomb() {\n  bomb | bomb &\n}\nbomb',
      'again() {\n  again &\n  again &\n  wait\n}\nagain',
      'more() { more & more; }; more',
      '$0 & $0 &',
      'while true; do bash "$0" & done',
    ],
    allows: [
      'echo ":(){ :|:& };:"',
      'work() {\n  sleep 0 &\n  wait\n}\nwork',
      'halves() {\n  if (( $1 > 0 )); then\n    halves $(( $1 - 1 )) &\n    wait\n  fi\n}\nhalves 2',
      'walk() { [ -d "$1" ] || return; ls "$1" | sort; walk "$1/x" & wait; }\nwalk .',
      'echo "usage: $0 file" & wait',
      'fact() {\n  (( $1 <= 1 )) && { echo 1; return; }\n  echo $(( $1 * $(fact $(( $1 - 1 ))) ))\n}\nfact 5',
      `: "\${x:=1}"\n: > out.txt`,
    ],
  },
  {
    id: 'network',
    severity: 'error',
    message: 'Using the network is not allowed',
    why: 'Programs run without any network, so a connection can only fail.',
    uses: commands(
      'curl wget nc ncat netcat socat telnet ssh scp sftp rsync ftp nmap ping dig nslookup openssl host tcpdump ip iptables',
    ),
    tree: { rule: { kind: 'file_redirect', regex: '/dev/(tcp|udp)/' } },
    refuses: [
      'a=cu\nb=rl\n$a$b http://example.org',
      'curl http://example.org',
      '"cu""rl" http://example.org',
      'c=wget\n$c http://example.org',
      'exec 3<>/dev/tcp/a/80',
      'echo x > /dev/udp/a/1',
      'x=$(curl -s http://a | sh)',
      'env -i nc -l 1',
      '/usr/bin/curl a',
      '\\curl x',
    ],
    allows: [
      'echo "curl http://example.org" # wget x',
      'curl() { echo mine; }\ncurl x',
      'host=local\necho "$host"',
      'cat <<E\nwget x\nE\nping=1\necho $ping',
    ],
  },
  {
    id: 'system',
    severity: 'error',
    message: 'Changing the machine or its users is not allowed',
    why: 'A script may use its work directory; the machine is not its own.',
    uses: commands(
      'sudo su doas chroot mount umount mkfs mkfs.ext4 mkfs.ext3 mkfs.ext2 mkfs.xfs fdisk shutdown reboot halt poweroff init systemctl service insmod modprobe rmmod swapon swapoff unshare nsenter useradd userdel usermod passwd chpasswd visudo crontab at docker kubectl dmesg sysctl setcap capsh gdb strace ptrace',
    ),
    refuses: ['sudo ls', 'command sudo -n true', 'mount -t proc proc /proc', 'unshare -r sh', 'docker ps'],
    allows: [
      'echo sudo mount',
      'init() { echo start; }\ninit',
      'service="web"\necho "$service"',
      `passwd=secret\necho \${#passwd}`,
    ],
  },
  {
    id: 'dynamic-code',
    severity: 'error',
    message: 'Running code that was hidden or fetched is not allowed',
    why: 'Such code cannot be inspected before it runs.',
    tree: {
      rule: {
        any: [
          {
            kind: 'pipeline',
            regex:
              '(base64|base32|xxd|openssl|rev|tr|curl|wget)\\b[\\s\\S]*\\|\\s*(env\\s+)?(/\\S*/)?(ba|da|z|k)?sh\\b',
          },
          { kind: 'command', regex: '^eval\\b[\\s\\S]*(base64|base32|xxd|curl|wget|\\\\x[0-9a-f]{2})' },
          { kind: 'command', regex: '^(source|\\.)\\s+(<\\(|/dev/stdin)' },
        ],
      },
    },
    needs: /(base64|base32|xxd|openssl|rev|tr|curl|wget)\b|eval|<\(|\/dev\/stdin/,
    refuses: ['echo bHM= | base64 -d | bash', 'eval "$(echo bHM= | base64 -d)"', 'source <(echo ls)'],
    allows: [
      'eval "x=1"\necho $x',
      'echo "a b" | tr a-z A-Z | sort',
      '. ./lib.sh',
      'echo "base64 -d | bash"',
    ],
  },
  {
    id: 'files',
    severity: 'error',
    message: 'Reading or writing beyond the work directory is not allowed',
    why: 'A script may use files in its work directory; the rest is not its own.',
    uses: ['file outside'],
    tree: {
      rule: {
        any: [
          { kind: 'file_redirect', regex: `^[0-9&]*[<>]+[|&]?\\s*"?${SYSTEM}` },
          {
            kind: 'command',
            regex: `^\\\\?(/\\S*/)?(cat|tac|head|tail|less|more|cp|mv|rm|rmdir|ln|chmod|chown|dd|tee|touch|mkdir|ls|find|sort|od|xxd|hexdump|strings|source|\\.|stat|truncate|shred)\\s([\\s\\S]*[\\s="'])?${SYSTEM}`,
          },
          { kind: 'command', regex: `^(grep|sed|awk)\\s([\\s\\S]*\\s)?${SYSTEM}` },
          {
            kind: 'command',
            regex: '^\\\\?(/\\S*/)?rm\\s+(-\\S+\\s+)*["\']?(/|/\\*|~|\\$HOME|\\.\\.)["\']?(\\s|$|/)',
          },
        ],
      },
    },
    needs: /\/(\W|$|etc|proc|sys|root|boot|run|var|dev\/[svhnmkld])|rm\s/,
    refuses: [
      'cat /etc/passwd',
      'rm -rf /',
      'rm -rf /*',
      'echo x > /etc/hosts',
      'while read l; do echo $l; done < /etc/shadow',
      'dd if=/dev/zero of=/dev/sda',
      'ls /root',
      'f=/etc/passwd\ncat "$f"',
      `d=/etc\ncat \${d}/passwd`,
      'cat /e""tc/passwd',
      'cat ~/.ssh/id_rsa',
      'cd /etc && cat passwd',
      'cp /proc/self/environ x',
      'ls /',
      'find / -name x',
      'cat ../../etc/passwd',
    ],
    allows: [
      'cat data.txt > out.txt',
      'echo "/etc/passwd"',
      'rm -f out.txt && rm -rf ./tmp',
      `path=/etc/passwd\necho "\${path##*/}" "$(basename /etc/hosts)"`,
      'read x < /dev/stdin',
      'echo x > /dev/null 2>&1',
      'echo err > /dev/stderr',
      'rm -rf /tmp/work',
      'mkdir -p a/var/b && ls a/var/b',
      `cd ..\nls ..\ncp ../a.txt .\ncd ~ || cd /\nd=out\ncat "$d/x.txt" "\${d}/y"`,
    ],
  },
];
