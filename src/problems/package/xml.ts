// XML of problem packages as a tree of elements, within bounds: no document type, so no entities but the five of XML.

import { SaxesParser } from 'saxes';
import { KIB } from '../../units.ts';
import { PackageFault, type PackageFiles } from './package-files.ts';

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Directly in the element, without white space around it. */
  readonly text: string;
}

const MAX_XML_BYTES = 1024 * KIB;
const MAX_DEPTH = 32;
const MAX_ELEMENTS = 20_000;

interface Open extends XmlElement {
  readonly children: XmlElement[];
  text: string;
}

/** The root. Throws a `PackageFault` with the line. */
export function readXml(files: PackageFiles, path: string): XmlElement {
  const content = files.get(path) ?? Buffer.alloc(0);
  if (content.length > MAX_XML_BYTES)
    throw new PackageFault(path, `must have at most ${MAX_XML_BYTES} bytes, got ${content.length}`);
  const parser = new SaxesParser();
  const refuse = (problem: string) => new PackageFault(path, `${problem} (line ${parser.line})`);
  const top: Open = { name: '', attributes: {}, children: [], text: '' };
  const open = [top];
  let count = 0;
  parser.on('error', () => {
    throw refuse('is not well-formed XML');
  });
  parser.on('doctype', () => {
    throw refuse('must have no document type');
  });
  parser.on('opentag', ({ name, attributes }) => {
    count += 1;
    if (count > MAX_ELEMENTS) throw refuse(`must have at most ${MAX_ELEMENTS} elements`);
    if (open.length > MAX_DEPTH) throw refuse(`must be at most ${MAX_DEPTH} elements deep`);
    const element: Open = { name, attributes: { ...attributes }, children: [], text: '' };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text.trim();
  });
  parser.on('closetag', () => {
    open.pop();
  });
  parser.write(content.toString('utf8')).close();
  return top.children[0] as XmlElement;
}

/** The first element at the end of a path of names, such as `judging/testset`. */
export function elementAt(element: XmlElement, path: string): XmlElement | undefined {
  return elementsAt(element, path)[0];
}

export function elementsAt(element: XmlElement, path: string): readonly XmlElement[] {
  return path
    .split('/')
    .reduce<readonly XmlElement[]>(
      (elements, name) => elements.flatMap(({ children }) => children.filter((child) => child.name === name)),
      [element],
    );
}
