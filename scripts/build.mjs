// Bundles src/main.ts into dist/: split, so that a command loads only what it needs (start-up is part of the product).
import { existsSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

if (!existsSync(join(root, 'node_modules/esbuild'))) {
	// `npm ci --omit=dev`: nothing to build with. The launcher says what is missing when it is used.
	console.error('hsctl: not built, because development packages are left out (--omit=dev)');
	process.exit(0);
}

const { build } = await import('esbuild');
// Built beside and put in place at the end: whoever starts hsctl meanwhile finds the whole old one.
const [made, old] = [join(root, `dist.${process.pid}.tmp`), join(root, `dist.${process.pid}.old.tmp`)];
await build({
	absWorkingDir: root,
	entryPoints: { hsctl: 'src/main.ts' },
	outdir: made,
	outExtension: { '.js': '.mjs' },
	bundle: true,
	splitting: true,
	format: 'esm',
	platform: 'node',
	target: 'node24',
	minify: true,
	keepNames: true,
	jsx: 'automatic',
	loader: { '.sh': 'text', '.node': 'empty' },
	define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
	alias: {
		'react-devtools-core': join(root, 'scripts/nothing.mjs'),
		// The same library without a look at process.env for every token.
		yaml: join(root, 'node_modules/yaml/browser/index.js'),
	},
	// What ssh2 would be faster with and works without; it looks for both at run time, and does not find them.
	external: ['cpu-features', '*/sshcrypto.node'],
	// Packages written as CommonJS ask for these three.
	banner: {
		js: [
			"import { createRequire as __createRequire } from 'node:module';",
			"import { fileURLToPath as __fileURLToPath } from 'node:url';",
			'const require = __createRequire(import.meta.url), __filename = __fileURLToPath(import.meta.url);',
			"const __dirname = __filename.slice(0, __filename.lastIndexOf('/'));",
		].join('\n'),
	},
	logLevel: 'warning',
});
if (existsSync(join(root, 'dist'))) renameSync(join(root, 'dist'), old);
renameSync(made, join(root, 'dist'));
rmSync(old, { recursive: true, force: true });
