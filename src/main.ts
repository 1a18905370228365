import { flush, mindOutput } from './cli/lost-output.ts';
import { version } from './version.ts';

const words = process.argv.slice(2);
const output = mindOutput(process);
let code: number = 0;

if (words.length === 1 && (words[0] === '--version' || words[0] === '-V')) {
	// Nothing else is loaded: this is what scripts call to see whether hsctl is there.
	process.stdout.write(`${version}\n`);
} else {
	const { runCli } = await import('./cli/run-cli.ts');
	code = await runCli(words, process);
}
await flush(process);
// The only way out: timers and sockets that are still open must not keep a finished run alive.
process.exit(output.exitCode(code));
