// A page to practise on: a problem, an editor and verdicts. This server keeps the hidden tests and the key, so that neither
// reaches a browser. CES_URL=http://127.0.0.1:3004 PORT=8080 node server.mjs

import { createServer } from 'node:http';

const { CES_URL = 'http://127.0.0.1:3004', CES_KEY = '', PORT = '8080' } = process.env;
const MAX_BODY_BYTES = 100_000;

const PROBLEM = {
  title: 'Two sum',
  text: 'Read a target and, on the next line, numbers. Print the indexes of the first two that add up to it.',
  languages: ['python', 'javascript', 'cpp', 'java'],
  tests: [
    { input: '9\n2 7 11 15\n', expected_output: '0 1' },
    { input: '6\n3 2 4\n', expected_output: '1 2' },
    { input: '0\n-1 5 1\n', expected_output: '0 2', is_hidden: true },
    {
      input: `199997\n${[...Array(100_000).keys()].join(' ')}\n`,
      expected_output: '99998 99999',
      is_hidden: true,
    },
  ],
};

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${PROBLEM.title}</title>
<style>
  body { font: 1rem system-ui; max-width: 50rem; margin: 2rem auto; padding: 0 1rem }
  textarea { width: 100%; height: 16rem; font: 1rem monospace }
  li { white-space: pre-wrap }
</style>
<h1>${PROBLEM.title}</h1>
<p>${PROBLEM.text}</p>
<form>
  <p><label>Language <select name="language">${PROBLEM.languages.map((id) => `<option>${id}`).join('')}</select></label>
  <p><label>Code <textarea name="code" spellcheck="false" required></textarea></label>
  <p><button>Submit</button> <output role="status"></output>
</form>
<ol></ol>
<script type="module">
  const [form, list, status] = ['form', 'ol', 'output'].map((name) => document.querySelector(name));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    status.textContent = 'Running…';
    list.replaceChildren();
    const body = JSON.stringify(Object.fromEntries(new FormData(form)));
    const answer = await fetch('submit', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const { verdict, lines } = await answer.json();
    status.textContent = verdict;
    for (const line of lines) list.append(Object.assign(document.createElement('li'), { textContent: line }));
  });
</script>
</html>
`;

/** What a student sees: hidden tests show their verdict alone. */
async function judge({ language, code }) {
  const answer = await fetch(`${CES_URL}/api/v1/execute`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(CES_KEY && { authorization: `Bearer ${CES_KEY}` }) },
    body: JSON.stringify({ language, code, test_cases: PROBLEM.tests, stop_on_failure: true, time_limit: 2 }),
  });
  const result = await answer.json();
  if (!answer.ok)
    return { verdict: result.detail, lines: (result.findings ?? []).map(({ message }) => message) };
  if (result.status === 'compilation_error')
    return { verdict: 'Compile error', lines: [result.compile.output] };
  const { passed, total } = result.summary;
  return {
    verdict: `${inWords(result.status)}: ${passed} of ${total} tests`,
    lines: result.results.map(lineOf),
  };
}

function lineOf({ status, is_hidden, expected_output, stdout, stderr, cpu_time_ms, memory_kb }) {
  const cost = `${inWords(status)}, ${cpu_time_ms} ms, ${memory_kb} KB`;
  if (is_hidden || status === 'accepted' || status === 'skipped') return cost;
  return `${cost}\nexpected: ${expected_output}\nyours: ${stdout}${stderr}`;
}

function inWords(status) {
  const words = status.replaceAll('_', ' ');
  return words[0].toUpperCase() + words.slice(1);
}

async function bodyOf(request) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > MAX_BODY_BYTES) throw new Error('The code is too long');
  }
  return JSON.parse(text);
}

const server = createServer(async (request, response) => {
  if (request.method !== 'POST')
    return response.setHeader('content-type', 'text/html; charset=utf-8').end(PAGE);
  const judged = await bodyOf(request)
    .then(judge)
    .catch((error) => ({ verdict: `Not judged: ${error.message}`, lines: [] }));
  response.setHeader('content-type', 'application/json').end(JSON.stringify(judged));
});
server.listen(Number(PORT), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
