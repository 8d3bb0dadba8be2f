// Writes the Dockerfile of an image with one or more languages, and the small files it copies. A language's own file
// says what it needs; this one puts it into an image, with instructions that every builder knows.

import type { BundledTool, Language, LanguageCommand } from '../../languages/language.ts';
import { bundledToolDirectory } from '../../toolchains/bundled-tools.ts';
import { STOCK_MIRROR, sourcesList } from '../../toolchains/debian-mirror.ts';
import { NEVER_READ, PREFERENCES } from '../../toolchains/mmdebstrap.ts';
import { PREBUILT } from '../../toolchains/prebuilt-parts.ts';
import {
  BOX_DIRECTORIES,
  BOX_LINKS,
  BOX_UIDS,
  FIRST_BOX_UID,
  IMAGE_LABELS,
  SUPERVISOR_PATH,
  VERSIONS_DIRECTORY,
} from '../image-layout.ts';
import { SUPERVISOR_PROGRAM } from './build-image.ts';
import { unusedFilesOf } from './unused-files.ts';

export const DEFAULT_BASE = 'debian:bookworm-slim';
/** Directory of the project that holds a directory for each image. */
const IMAGES = 'images';

/** A text file at a path relative to the project. */
export interface TextFile {
  readonly path: string;
  readonly content: string;
}

export function dockerfilePath(name: string): string {
  return `${IMAGES}/${name}/Dockerfile`;
}

/** `hash` is the recipe's hash, stored in the image's label. */
export function dockerfileOf(name: string, languages: readonly Language[], hash: string): string {
  const bundled = unique(languages.flatMap(({ tools }) => tools)).filter((tool) => 'packages' in tool);
  const sections = [
    `# ${languages.map(({ id }) => id).join(', ')}. Written by \`npm run documents\`; change src/languages or src/docker/images instead.`,
    `# By hand, in the project's directory: docker build -f ${dockerfilePath(name)} -t code-execution-service/${name} .`,
    `ARG BASE=${DEFAULT_BASE}`,
    'FROM $BASE',
    `COPY ${IMAGES}/root/ /`,
    installPackages(languages),
    ...bundled.flatMap(copyBundledTool),
    ...languages.flatMap(buildPart),
    run(recordVersions(languages)),
    run(LAYOUT),
    `COPY ${SUPERVISOR_PROGRAM} ${SUPERVISOR_PATH}`,
    `LABEL ${IMAGE_LABELS.languages}="${languages.map(({ id }) => id).join(',')}" ${IMAGE_LABELS.recipe}="${hash}"`,
    `USER ${FIRST_BOX_UID}:${FIRST_BOX_UID}`,
    `ENTRYPOINT ["${SUPERVISOR_PATH}"]`,
  ];
  return `${sections.join('\n')}\n`;
}

/** The setup before packages are installed: their sources, and which of their files are left out. */
export function rootFiles(): TextFile[] {
  const options = ['Acquire::Languages "none";', 'Acquire::Retries "3";', 'APT::Install-Recommends "false";'];
  const excluded = NEVER_READ.map((name) => `path-exclude=/usr/share/${name}/*\n`);
  const files = {
    'etc/apt/sources.list': sourcesList(STOCK_MIRROR),
    'etc/apt/preferences.d/code-execution-service': PREFERENCES,
    'etc/apt/apt.conf.d/90code-execution-service': `${options.join('\n')}\n`,
    'etc/dpkg/dpkg.cfg.d/code-execution-service': `${excluded.join('')}force-unsafe-io\n`,
  };
  return Object.entries(files).map(([path, content]) => ({ path: `${IMAGES}/root/${path}`, content }));
}

/** The inputs of a language's prebuilt parts. */
export function partFiles({ id, prebuild }: Language): TextFile[] {
  return (prebuild?.inputs ?? []).map(({ path, content }) => ({
    path: `${IMAGES}/${id}/prebuilt/${path}`,
    content,
  }));
}

function installPackages(languages: readonly Language[]): string {
  const packages = unique(languages.flatMap(({ debianPackages }) => debianPackages)).sort();
  const unused = unusedFilesOf(packages);
  return run([
    'rm -f /etc/apt/sources.list.d/*',
    // Without this directory the scripts of the Java packages fail.
    'mkdir -p /usr/share/man/man1',
    'apt-get update',
    `DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${packages.join(' ')}`,
    ...(unused.length > 0 ? [`rm -rf ${unused.join(' ')}`] : []),
    'apt-get clean',
    'rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/log/* /usr/share/man',
  ]);
}

function copyBundledTool(tool: BundledTool): string[] {
  const target = bundledToolDirectory(tool);
  return tool.packages.map((each) => `COPY node_modules/${each} ${target}/node_modules/${each}`);
}

function buildPart(language: Language): string[] {
  const { prebuild } = language;
  if (prebuild === undefined) return [];
  const directory = `${PREBUILT}/${prebuild.part}`;
  const commands = prebuild.commands(toolPaths(language), directory).map(shellCommand);
  return [
    ...(prebuild.inputs?.length ? [`COPY ${IMAGES}/${language.id}/prebuilt/ ${directory}/`] : []),
    run([`mkdir -p ${directory}`, ...commands, `chmod -R a+rX ${directory}`, 'rm -rf /tmp/*']),
  ];
}

/** Absolute path in the image of each tool of a language, by name. */
export function toolPaths({ tools }: Language): Record<string, string> {
  return Object.fromEntries(
    tools.map((tool) => [
      tool.name,
      'packages' in tool
        ? `${bundledToolDirectory(tool)}/node_modules/${tool.packages[0]}/${tool.path}`
        : tool.debianPath,
    ]),
  );
}

function recordVersions(languages: readonly Language[]): string[] {
  const commands = languages.flatMap((language) => {
    const paths = toolPaths(language);
    return language.tools.map((tool) => {
      const command = 'packages' in tool ? ['--version'] : tool.versionArguments;
      return `${[paths[tool.name] ?? '', ...command].map(quote).join(' ')} >${VERSIONS_DIRECTORY}/${quote(tool.name)} 2>&1`;
    });
  });
  return [`mkdir -p ${VERSIONS_DIRECTORY}`, ...unique(commands)];
}

/** Last, since there is no /tmp from here on. */
const LAYOUT = [
  'n=0',
  `while [ $n -lt ${BOX_UIDS} ]; do id=$((${FIRST_BOX_UID} + n))`,
  'echo "box$n:x:$id:$id::/tmp:/bin/sh" >>/etc/passwd',
  'echo "box$n:x:$id:" >>/etc/group',
  'n=$((n + 1))',
  'done',
  'rm -f /etc/passwd- /etc/group-',
  'find / -xdev ! -type l -perm /6000 -exec chmod a-s {} +',
  `rm -rf ${[...BOX_DIRECTORIES, ...Object.keys(BOX_LINKS)].join(' ')}`,
  `mkdir ${BOX_DIRECTORIES.join(' ')}`,
  ...Object.entries(BOX_LINKS).map(([path, target]) => `ln -s ${target} ${path}`),
];

function run(commands: readonly string[]): string {
  return `RUN set -eu; \\\n    ${commands.join('; \\\n    ')}`;
}

function shellCommand({ argv, environment }: LanguageCommand): string {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${quote(value)}`);
  return ['env', ...variables, ...argv.map(quote)].join(' ');
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function unique<T>(values: readonly T[]): T[] {
  const known = new Map(values.map((value) => [JSON.stringify(value), value]));
  return [...known.values()];
}
