// Messages over a pair of pipes: each a line of JSON, an array that begins with its kind. It knows nothing of what they say.

'use strict';

const fs = require('node:fs');

const MAX_LINE = 32 << 20;

class Gone extends Error {}

/** `state.hasFailed` becomes true when the other process has ended or says what is no message. */
function createWire(input, output, state) {
  const chunk = Buffer.alloc(65536);
  let received = Buffer.alloc(0);

  function gone(why) {
    state.hasFailed = true;
    throw new Gone(why);
  }
  function took(count) {
    if (count === 0) gone('the program ended');
    received = Buffer.concat([received, chunk.subarray(0, count)]);
    if (received.length > MAX_LINE) gone('the program wrote an answer that is too long');
  }
  function takeMessage() {
    const end = received.indexOf(10);
    if (end < 0) return null;
    const line = received.subarray(0, end);
    received = received.subarray(end + 1);
    return parse(line) ?? gone('the program wrote what is no answer');
  }
  function receive() {
    for (;;) {
      const message = takeMessage();
      if (message !== null) return message;
      took(fs.readSync(input, chunk));
    }
  }
  async function receiveLater() {
    for (;;) {
      const message = takeMessage();
      if (message !== null) return message;
      took(await readLater(input, chunk));
    }
  }
  function send(message) {
    const bytes = Buffer.from(`${JSON.stringify(message)}\n`);
    for (let at = 0; at < bytes.length; ) at += fs.writeSync(output, bytes, at);
  }
  return { send, receive, receiveLater };
}

function parse(line) {
  try {
    const message = JSON.parse(line.toString());
    return Array.isArray(message) && typeof message[0] === 'string' ? message : null;
  } catch {
    return null;
  }
}

function readLater(input, chunk) {
  return new Promise((resolve, reject) => {
    fs.read(input, chunk, 0, chunk.length, null, (error, count) => (error ? reject(error) : resolve(count)));
  });
}

module.exports = { createWire, Gone };
