import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** The bundler hands a `.sh` file over as text (scripts/build.mjs, loader `text`); the tests see the same. */
const shellAsText = {
	name: 'shell-as-text',
	enforce: 'pre' as const,
	load(id: string) {
		return id.endsWith('.sh') ? `export default ${JSON.stringify(readFileSync(id, 'utf8'))};` : null;
	},
};

export default defineConfig({
	plugins: [shellAsText],
	test: {
		globalSetup: 'test/build.ts',
		include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
		// Most tests wait for processes that they started, so two workers are no strain on two cores.
		maxWorkers: '100%',
		testTimeout: 20_000,
		// CI adds the numbers of its runs up; see .ci/run.
		...(process.env.HSCTL_TEST_RESULTS === undefined
			? {}
			: { reporters: ['default', 'json'], outputFile: { json: process.env.HSCTL_TEST_RESULTS } }),
		// A test that prints is a test nobody reads: silence is the default, failures speak.
		silent: 'passed-only',
	},
});
