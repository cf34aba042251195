// SPDX-License-Identifier: MIT
// Runs the generator named on the command line and resolves each reference again with Node's own WHATWG URL parser.
// A base may be a list: a URL, and references that are resolved against one another in turn.
import {execFileSync} from 'node:child_process';

const lines = execFileSync(process.argv[2], {encoding: 'utf8', maxBuffer: 1 << 28}).trimEnd().split('\n');
let checked = 0;
for (const line of lines) {
  const [base, reference, target] = JSON.parse(line);
  const want = [base, reference].flat().reduce((against, next) => new URL(next, against).href);
  if (target !== want) {
    console.error(`${JSON.stringify(reference)} against ${base}\n  got  ${target}\n  want ${want}`);
    process.exit(1);
  }
  ++checked;
}
console.log(`${checked} links resolved as Node resolves them`);
if (checked < 10000) process.exit(1);
