// Adds up the result files of several test runs and prints the one line that a CI system looks for.
import { readFileSync } from 'node:fs';

const sums = { passed: 0, failed: 0, skipped: 0 };
for (const file of process.argv.slice(2)) {
	const result = JSON.parse(readFileSync(file, 'utf8'));
	sums.passed += result.numPassedTests;
	sums.failed += result.numFailedTests;
	sums.skipped += result.numPendingTests + result.numTodoTests;
}
console.log(`${sums.passed} passed, ${sums.failed} failed, ${sums.skipped} skipped`);
process.exit(sums.failed > 0 || sums.passed === 0 ? 1 : 0);
