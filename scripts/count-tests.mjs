// Adds up the result files of several test runs and prints the one line that a CI system looks for, below the names of tests that
// no run has run. Such a test is a failure too, unless docs/faults.md lists it among those that not every machine can run.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const sums = { passed: 0, failed: 0, skipped: 0 };
const ran = new Set();
const skipped = new Set();
for (const file of process.argv.slice(2)) {
	const result = JSON.parse(readFileSync(file, 'utf8'));
	sums.passed += result.numPassedTests;
	sums.failed += result.numFailedTests;
	for (const { name, assertionResults } of result.testResults)
		for (const { fullName, status } of assertionResults)
			(status === 'passed' || status === 'failed' ? ran : skipped).add(
				`test/${name.split('/test/').at(-1)}: ${fullName}`,
			);
}
const never = [...skipped].filter(test => !ran.has(test));
const unlisted = never.filter(
	test => !excused().some(({ file, title }) => test.startsWith(`${file}: `) && test.includes(title)),
);
sums.skipped = never.length;
for (const test of never) console.log(`skipped: ${test}`);
for (const test of unlisted) console.log(`must not be skipped, as docs/faults.md does not list it: ${test}`);
console.log(`${sums.passed} passed, ${sums.failed} failed, ${sums.skipped} skipped`);
process.exit(sums.failed > 0 || sums.passed === 0 || unlisted.length > 0 ? 1 : 0);

/** Lines of that chapter: `- [file](link): "words of the title": why`. */
function excused() {
	const text = readFileSync(join(dirname(fileURLToPath(import.meta.url)), '../docs/faults.md'), 'utf8');
	const [, chapter = ''] = text.split('\n## What cannot be tested on every machine\n');
	const [list = ''] = chapter.split('\n## ');
	return [...list.matchAll(/^- \[(test\/[^\]]+)\]\([^)]*\): "([^"]+)"/gm)].map(([, file, title]) => ({ file, title }));
}
