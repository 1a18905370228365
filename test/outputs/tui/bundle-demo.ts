import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Makes one file of a script, as the program itself is built: jsx automatic, React's production build. */
export async function bundle(entry: string, outfile: string): Promise<void> {
	await build({
		entryPoints: [entry],
		outfile,
		bundle: true,
		platform: 'node',
		format: 'esm',
		target: 'node24',
		jsx: 'automatic',
		define: { 'process.env.NODE_ENV': '"production"' },
		alias: { 'react-devtools-core': fileURLToPath(new URL('../../../scripts/nothing.mjs', import.meta.url)) },
		banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
		logLevel: 'error',
	});
}
