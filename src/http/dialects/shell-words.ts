// Splits a text into words as a shell does, with quotes and backslashes, and expands nothing.

const SPACE = /\s/;
/** What a backslash escapes between double quotes. */
const ESCAPED_IN_QUOTES = '"\\$`';

/** `-n "a b" c\ d` has three words. An open quote ends with the text. */
export function shellWords(text: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (let position = 0; position < text.length; position += 1) {
    const character = text.charAt(position);
    const next = text.charAt(position + 1);
    if (
      character === '\\' &&
      quote !== "'" &&
      next !== '' &&
      (quote === '' || ESCAPED_IN_QUOTES.includes(next))
    ) {
      word = (word ?? '') + next;
      position += 1;
    } else if (quote !== '') {
      if (character === quote) quote = '';
      else word = (word ?? '') + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (SPACE.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + character;
  }
  return word === null ? words : [...words, word];
}
