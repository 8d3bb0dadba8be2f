// The request of the page as a program: curl, TypeScript, Python. It is built from the very object that is sent.

import type { ExecuteRequest } from '../../src/api/execution.ts';

export const FORMS = ['curl', 'TypeScript', 'Python'] as const;
export type Form = (typeof FORMS)[number];

const KEY = 'YOUR_KEY';

/** `withKey`: the service requires one; a placeholder stands for it. */
export function codeFor(form: Form, request: ExecuteRequest, origin: string, withKey: boolean): string {
  const url = `${origin}/api/v1/execute`;
  const json = JSON.stringify(request, null, 2);
  return { curl: asCurl, TypeScript: asTypeScript, Python: asPython }[form](url, json, withKey);
}

function asCurl(url: string, json: string, withKey: boolean): string {
  const key = withKey ? ` -H 'authorization: Bearer ${KEY}'` : '';
  return `curl -s ${url} -H 'content-type: application/json'${key} -d '${json.replaceAll("'", "'\\''")}'\n`;
}

function asTypeScript(url: string, json: string, withKey: boolean): string {
  const key = withKey ? `, authorization: 'Bearer ${KEY}'` : '';
  return `const request = ${json};

const response = await fetch('${url}', {
  method: 'POST',
  headers: { 'content-type': 'application/json'${key} },
  body: JSON.stringify(request),
});
const result = await response.json();
console.log(result.status, result.summary);
`;
}

/** JSON as a string of Python: both write escapes in the same way but for what JSON never needs. */
function asPython(url: string, json: string, withKey: boolean): string {
  const key = withKey ? `, 'authorization': 'Bearer ${KEY}'` : '';
  return `import json
import urllib.request

request = json.loads(r'''${json.replaceAll("'", '\\u0027')}''')

call = urllib.request.Request(
    '${url}',
    data=json.dumps(request).encode(),
    headers={'content-type': 'application/json'${key}},
)
with urllib.request.urlopen(call) as response:
    result = json.load(response)
print(result['status'], result['summary'])
`;
}
