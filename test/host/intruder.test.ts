import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { has, isRoot, TestHost, until } from './host.ts';
import { output, verdicts } from './view.ts';

/** Tries without end to put other bytes into every script that it can get at, and says when it has. */
const racer = `while :; do
	for file in "$1"/state/*/*/script "$1"/state/*/*/*/*/script "$1"/state/*/*/jobs/*/script; do
		if [ -e "$file" ]; then echo "saw $file" >>"$1/log/seen"; fi
		if { echo 'echo swapped' >"$file"; } 2>/dev/null; then echo "swapped $file" >>"$1/log/swapped"; fi
	done
	touch "$1/log/tries"
	mv "$1/state/jobs" "$1/state/other" 2>/dev/null && echo moved >>"$1/log/swapped"
	ln -s /tmp "$1/state/inbox/x" 2>/dev/null && echo linked >>"$1/log/swapped"
done
`;

function race(host: TestHost): Disposable & { readonly tries: () => boolean; readonly harm: () => string } {
	// The way to the state folder is open; only the folder itself is closed.
	chmodSync(host.folder, 0o755);
	mkdirSync(`${host.folder}/log`);
	chmodSync(`${host.folder}/log`, 0o777);
	writeFileSync(`${host.folder}/racer`, racer, { mode: 0o755 });
	const child = spawn(
		'setpriv',
		['--reuid=12345', '--regid=12345', '--clear-groups', 'sh', `${host.folder}/racer`, host.folder],
		{ stdio: 'ignore' },
	);
	const read = (name: string) =>
		existsSync(`${host.folder}/log/${name}`) ? readFileSync(`${host.folder}/log/${name}`, 'utf8') : '';
	return {
		tries: () => existsSync(`${host.folder}/log/tries`),
		harm: () => read('seen') + read('swapped'),
		[Symbol.dispose]: () => void child.kill('SIGKILL'),
	};
}

describe.skipIf(!isRoot || !has('setpriv'))('another user of the host (needs root to become one, and setpriv)', () => {
	it('H2: cannot swap the bytes of a script between their check and their start', async () => {
		using host = new TestHost();
		using racing = race(host);
		await until(racing.tries, 'somebody tries');
		const units = Array.from({ length: 8 }, (_, index) => ({ script: `echo planned ${index}` }));
		const view = await host.run('R1', units);
		expect(verdicts(view)).toEqual(units.map(() => 'changed exit'));
		for (const index of units.keys()) expect(output(view, `out ${index}`).toString()).toBe(`planned ${index}\n`);
		expect(racing.harm()).toBe('');
	});

	it('H2: would do it where the folder is open, which is why hsctl does not work there', async () => {
		using host = new TestHost();
		using racing = race(host);
		mkdirSync(host.path('jobs/x'), { recursive: true });
		writeFileSync(host.path('jobs/x/script'), 'echo planned\n', { mode: 0o666 });
		chmodSync(host.path('jobs/x/script'), 0o666);
		for (const path of ['', 'jobs', 'jobs/x']) chmodSync(host.path(path), 0o777);
		await until(() => racing.harm().includes('swapped'), 'it is swapped');
		expect((await host.run('R1', [{ script: 'echo planned' }])).lines).toEqual(['X unsafe others may write to it']);
	});
});
