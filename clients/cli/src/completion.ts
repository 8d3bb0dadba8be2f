// `ces completion`: scripts that complete commands and options in a shell.

import { type Context, UsageError } from './options.ts';

const COMMANDS = 'run test watch bench problem languages completion help';
const PROBLEM_ACTIONS = 'check put';
const OPTIONS = '--language --time --memory --checker --count --concurrency --json --url --key --help';

const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `_ces() {
  local word="\${COMP_WORDS[COMP_CWORD]}"
  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "${COMMANDS}" -- "$word"))
  elif [[ "$COMP_CWORD" -eq 2 && "\${COMP_WORDS[1]}" == problem ]]; then COMPREPLY=($(compgen -W "${PROBLEM_ACTIONS}" -- "$word"))
  elif [[ "$word" == -* ]]; then COMPREPLY=($(compgen -W "${OPTIONS}" -- "$word"))
  else COMPREPLY=($(compgen -f -- "$word")); fi
}
complete -o filenames -F _ces ces
`,
  zsh: `#compdef ces
_arguments '1:command:(${COMMANDS})' '*:file:_files' ${OPTIONS.split(' ')
    .map((option) => `'${option}[]'`)
    .join(' ')}
`,
  fish: `complete -c ces -n __fish_use_subcommand -f -a '${COMMANDS}'
complete -c ces -n '__fish_seen_subcommand_from problem' -a '${PROBLEM_ACTIONS}'
${OPTIONS.split(' ')
  .map((option) => `complete -c ces -l ${option.slice(2)}`)
  .join('\n')}
`,
};

export async function completion({ options, terminal }: Context): Promise<number> {
  const script = SCRIPTS[options.files[0] ?? ''];
  if (script === undefined) throw new UsageError(`name a shell: ${Object.keys(SCRIPTS).join(', ')}`);
  terminal.print(script);
  return 0;
}
