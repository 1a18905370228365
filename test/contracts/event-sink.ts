import { describe, expect, it } from 'vitest';
import { asRunId, asUnitAddress, hostName } from '../../src/model/brand.ts';
import type { NumberedEvent, RunEvent } from '../../src/model/event.ts';
import { unitStatuses } from '../../src/model/outcome.ts';
import type { EventSink } from '../../src/ports/event-sink.ts';

export const aRun = asRunId('01J0000000000000000000TEST');
const host = hostName('web1');
const unit = asUnitAddress('hotfix.a');

/** A whole small run: an event of every kind. */
export const wholeRun: readonly NumberedEvent[] = [
	{
		type: 'run_started',
		playbook: 'web',
		file: 'p.yaml',
		purpose: 'do',
		fingerprint: 'f',
		controller: 'c',
		user: 'u',
		hosts: [{ host, units: [{ unit, action: 'run' }] }],
	},
	{ type: 'host_state', host, state: 'running', because: '' },
	{ type: 'unit_started', host, unit, attempt: 1, detached_by: 'setsid' },
	{ type: 'output', host, unit, stream: 'out', offset: 0, length: 11, text: 'hello \u001b[31m\n' },
	{ type: 'output', host, unit, stream: 'err', offset: 0, length: 11, text: 'no line end' },
	{ type: 'warning', code: 'display_off', message: 'the screen is switched off', host: null },
	{
		type: 'unit_finished',
		host,
		unit,
		status: 'changed',
		because: 'always',
		changed: true,
		exit_code: 0,
		duration_ms: 5,
		log: '/var/lib/hsctl/jobs/x',
	},
	{ type: 'host_state', host, state: 'done', because: '' },
	{
		type: 'run_finished',
		counts: Object.fromEntries(unitStatuses.map(status => [status, 0])) as Record<
			(typeof unitStatuses)[number],
			number
		>,
		exit_code: 0,
		duration_ms: 9,
	},
].map((event, index) => numbered(event as RunEvent, index + 1));

export function numbered(event: RunEvent, seq: number, run = aRun): NumberedEvent {
	return { seq, at: new Date(Date.UTC(2026, 7, 1, 12, 0, 0, seq)).toISOString(), run, ...event };
}

/** Every sink keeps to this. `read` gives back what it has kept, for a sink that keeps events. */
export function eventSinkContract(
	title: string,
	make: () => { readonly sink: EventSink; read?(): readonly NumberedEvent[]; dispose(): void },
): void {
	describe(title, () => {
		it('takes every kind of event, and closes once after the last', async () => {
			const { sink, read, dispose } = make();
			for (const event of wholeRun) await sink.take(event);
			await sink.close();
			if (read !== undefined)
				expect(read().map(event => event.seq)).toEqual(
					wholeRun.filter(event => read().some(kept => kept.type === event.type)).map(event => event.seq),
				);
			dispose();
		});

		it('closes without an event, when a run is given up', async () => {
			const { sink, dispose } = make();
			await sink.close();
			dispose();
		});

		it('changes nothing in an event', async () => {
			const { sink, dispose } = make();
			const before = JSON.stringify(wholeRun);
			for (const event of wholeRun) await sink.take(Object.freeze(event));
			await sink.close();
			expect(JSON.stringify(wholeRun)).toBe(before);
			dispose();
		});

		it('has a name for people, and says whether an error of it matters', () => {
			const { sink, dispose } = make();
			expect(sink.name).toMatch(/\w/);
			expect(['durable', 'display']).toContain(sink.kind);
			dispose();
		});
	});
}
