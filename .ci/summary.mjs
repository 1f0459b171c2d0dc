// node summary.mjs <vitest JSON report> <exit status of npm test>
// Prints "<passed> <failed>" on standard output, and on standard error what failed or was left out.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const [file, status] = process.argv.slice(2);
const root = path.resolve(import.meta.dirname, '..');
const recordedDataAbsent = !existsSync(path.join(root, '..', 'shared', 'data'));
const complain = (line) => process.stderr.write(`${line}\n`);

if (!existsSync(file)) {
  complain('npm test ended without a report');
  process.exit(1);
}
const { testResults } = JSON.parse(readFileSync(file, 'utf8'));
let passed = 0;
let failed = 0;
let ran = 0;
for (const suite of testResults) {
  const name = path.relative(root, suite.name);
  const broken = suite.assertionResults.filter((test) => test.status === 'failed');
  const left = suite.assertionResults.filter((test) => test.status !== 'failed' && test.status !== 'passed');
  passed += suite.assertionResults.filter((test) => test.status === 'passed').length;
  ran += suite.assertionResults.length - left.length;
  for (const test of broken) complain(`failed: ${name} > ${test.fullName}`);
  failed += broken.length;
  if (suite.status === 'failed' && broken.length === 0) {
    complain(`failed: ${name} could not be run: ${suite.message ?? ''}`);
    failed += 1;
  }
  if (left.length > 0 && mustRunWhole(name)) {
    for (const test of left) complain(`left out: ${name} > ${test.fullName}`);
    failed += left.length;
  } else if (left.length > 0) {
    complain(`skipped: ${left.length} of ${name}`);
  }
}
if (ran === 0) {
  complain('no test ran');
  failed += 1;
}
if (failed === 0 && status !== '0') {
  complain(`npm test ended with status ${status} although every test passed`);
  failed += 1;
}
process.stdout.write(`${passed} ${failed}\n`);

/** This machine has every server: only a test of recorded data may be skipped, and only where that data is absent. */
function mustRunWhole(name) {
  if (!/^test\/(processes|integration|chaos|browser)\//.test(name)) return false;
  return !(recordedDataAbsent && readFileSync(path.join(root, name), 'utf8').includes('shared-data.js'));
}
