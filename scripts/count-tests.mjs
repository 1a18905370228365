// Adds up the result files of several test runs and prints the one line that a CI system looks for, below the names of tests that
// no run has run.
import { readFileSync } from 'node:fs';

const sums = { passed: 0, failed: 0, skipped: 0 };
const ran = new Set();
const skipped = new Set();
for (const file of process.argv.slice(2)) {
	const result = JSON.parse(readFileSync(file, 'utf8'));
	sums.passed += result.numPassedTests;
	sums.failed += result.numFailedTests;
	for (const { name, assertionResults } of result.testResults)
		for (const { fullName, status } of assertionResults)
			(status === 'passed' || status === 'failed' ? ran : skipped).add(`${name.split('/test/').at(-1)}: ${fullName}`);
}
const never = [...skipped].filter(test => !ran.has(test));
sums.skipped = never.length;
for (const test of never) console.log(`skipped: ${test}`);
console.log(`${sums.passed} passed, ${sums.failed} failed, ${sums.skipped} skipped`);
process.exit(sums.failed > 0 || sums.passed === 0 ? 1 : 0);
