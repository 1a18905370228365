import { type MadePlan, makePlan } from '../src/execution/make-plan.ts';
import type { Condition } from '../src/model/condition.ts';
import type { Host } from '../src/model/inventory.ts';
import { systemClock } from '../src/storage/clock.ts';
import {
	countingRandom,
	fileExists,
	here,
	host,
	hotfix,
	need,
	playbook,
	request,
	script,
} from '../test/fakes/builders.ts';
import { connectorTo, FakeConnection, healthyHost, probeAnswer } from '../test/fakes/fake-connection.ts';

/** `node plan-scale.mjs HOSTS UNITS [own]`: plans on made-up hosts and prints a line of JSON. `own`: every host has a variable of its own. */
const [hostCount = 1000, unitCount = 100] = process.argv.slice(2, 4).map(Number);
const hasOwnVars = process.argv[4] === 'own';

const osIsDebian: Condition = { kind: 'os', options: { family: ['debian'], if_unreadable: 'fail' }, at: here };
const units = Array.from({ length: unitCount }, (_, index) =>
	hotfix({
		address: `hotfix.fix_${index}`,
		script: script(`#!/bin/sh\n# ${'what it is for, in some words\n# '.repeat(20)}\necho ${index}\n`),
		when: { kind: 'all', of: [osIsDebian, fileExists(`/srv/app/file_${index}`)] },
		env: new Map([['LEVEL', '${vars.level}']]),
		needs: index % 10 === 0 || index === 0 ? [] : [need(`hotfix.fix_${index - 1}`)],
		restarts: index % 10 === 0 ? ['app.service'] : [],
	}),
);
const hosts: readonly Host[] = Array.from({ length: hostCount }, (_, index) =>
	host(`web${index}`, hasOwnVars ? { vars: new Map([['rack', `r${index}`]]) } : {}),
);
const prints =
	(hostIndex: number) =>
	(frame: string): string | undefined => {
		const [, unit = '0', look] = frame.split(':');
		if (look === '0') return 'ID=debian\nVERSION_ID="12"';
		if (look === '1') return (Number(unit) + hostIndex) % 2 === 0 ? 'there' : 'absent';
		return healthyHost(frame);
	};

/** What the made-up hosts cost by themselves is measured apart: their answers are prepared before. */
const answers = new Map<number, string>();
let exchanges = 0;
const connection = new FakeConnection((program, tell) => {
	// What was asked is not kept: it is not what is measured.
	connection.programs.length = 0;
	const kind = exchanges % 4;
	exchanges += 1;
	const answer = answers.get(kind) ?? probeAnswer(program, prints(kind));
	answers.set(kind, answer);
	const nonce = /^hs_nonce=(\w+)$/m.exec(program)?.[1] ?? '';
	tell.out(answer.replaceAll(/^[0-9a-f]{32}(?= [a-z])/gm, nonce));
	return 0;
});

const started = performance.now();
const made = await makePlan(
	{
		playbook: playbook(units, { on: hosts, vars: new Map([['level', '3']]) }),
		narrowing: { tags: [], targets: [] },
		request: request(),
		purpose: 'do',
	},
	{
		connectorFor: () => connectorTo(connection),
		random: countingRandom(),
		signal: new AbortController().signal,
		parallel: 50,
		clock: systemClock,
	},
);
const ms = performance.now() - started;
if (!made.ok) throw new Error(JSON.stringify(made.error));
print(made.value, ms);

function print({ plan }: MadePlan, ms: number): void {
	const { maxRSS } = process.resourceUsage();
	process.stdout.write(
		`${JSON.stringify({ ms, peakMiB: maxRSS / 1024, decisions: plan.counts.run + plan.counts.skip, hosts: plan.counts.hosts })}\n`,
	);
}
