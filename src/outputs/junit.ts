import type { EventSink } from '../ports/event-sink.ts';
import { lastWords } from './run/printed.ts';
import { emptyRun, foldEvent, type HostFold, type RunFold, type UnitEnd, type UnitFold } from './run/run-fold.ts';
import { statusMarks } from './style.ts';
import { attributes, xml } from './text/xml.ts';

/** Writes a whole report when the run is over; `write` takes the text of the file. */
export function junitSink(write: (text: string) => void | Promise<void>): EventSink {
	let folds: readonly RunFold[] = [];
	return {
		name: 'junit',
		kind: 'display',
		take(event) {
			const last = folds.at(-1);
			const isSame = last !== undefined && last.run === event.run;
			folds = [...(isSame ? folds.slice(0, -1) : folds), foldEvent(isSame ? last : emptyRun, event)];
		},
		close: () => write(junitReport(folds)),
	};
}

/** JUnit XML: a suite a host, a case a unit. Of several runs, the suites carry the names of the playbooks too. */
export function junitReport(runs: readonly RunFold[]): string {
	const playbooks = runs.map(({ started }) => started?.playbook ?? 'hsctl');
	const name = {
		name: playbooks.join(', ') || 'hsctl',
		time: seconds(runs.reduce((sum, { finished }) => sum + (finished?.durationMs ?? 0), 0)),
	};
	const suites = runs.flatMap(({ hosts }, index) =>
		hosts.map(host => suite(host, runs.length > 1 ? `${playbooks[index]} ${host.name}` : host.name)),
	);
	return [
		'<?xml version="1.0" encoding="UTF-8"?>',
		`<testsuites${attributes(name)}>`,
		...suites,
		'</testsuites>',
		'',
	].join('\n');
}

function suite(host: HostFold, name: string): string {
	const cases = host.units.map(unit => testCase(host, unit));
	// A host without a unit that was planned would vanish from the report, and with it that it could not be reached.
	const all = cases.length === 0 && host.state === 'unreachable' ? [unreachableHost(host)] : cases;
	const totals = {
		name,
		tests: all.length,
		failures: all.filter(({ result }) => result === 'failure').length,
		errors: all.filter(({ result }) => result === 'error').length,
		skipped: all.filter(({ result }) => result === 'skipped').length,
		time: seconds(host.units.reduce((sum, { end }) => sum + (end?.durationMs ?? 0), 0)),
	};
	return [`  <testsuite${attributes(totals)}>`, ...all.map(({ text }) => text), '  </testsuite>'].join('\n');
}

type Result = 'passed' | 'skipped' | 'failure' | 'error';

interface Case {
	readonly result: Result;
	readonly text: string;
}

const results = {
	ok: 'passed',
	changed: 'passed',
	skipped: 'skipped',
	unknown: 'error',
	failed: 'failure',
	rolled_back: 'failure',
	rollback_failed: 'error',
	blocked: 'skipped',
	unreachable: 'error',
	refused: 'failure',
	not_started: 'skipped',
} as const satisfies Readonly<Record<UnitEnd['status'], Result>>;

function testCase(host: HostFold, unit: UnitFold): Case {
	const end = unit.end ?? openEnd(host);
	const result = results[end.status];
	const names = attributes({ name: unit.address, classname: host.name, time: seconds(end.durationMs) });
	if (result === 'passed') return { result, text: `    <testcase${names}/>` };
	const message = `${statusMarks[end.status].word}: ${end.because}`;
	const body =
		result === 'skipped'
			? `<skipped${attributes({ message })}/>`
			: `<${result}${attributes({ type: end.status, message })}>${xml(details(unit, end))}</${result}>`;
	return { result, text: `    <testcase${names}>\n      ${body}\n    </testcase>` };
}

/** A unit whose end was not seen. */
const openEnd = (host: HostFold): UnitEnd => ({
	status: host.state === 'unreachable' ? 'unreachable' : 'not_started',
	because: host.because === '' ? `the host was ${host.state} when the run ended` : host.because,
	exitCode: null,
	durationMs: 0,
	log: null,
});

const details = (unit: UnitFold, { exitCode, log }: UnitEnd): string =>
	[
		...(exitCode === null ? [] : [`exit ${exitCode}`]),
		...(log === null ? [] : [`log ${log}`]),
		...lastWords(unit.printed),
	].join('\n');

const unreachableHost = (host: HostFold): Case => {
	const names = attributes({ name: 'connect', classname: host.name, time: seconds(0) });
	const error = attributes({ type: 'unreachable', message: host.because });
	return { result: 'error', text: `    <testcase${names}>\n      <error${error}/>\n    </testcase>` };
};

const seconds = (ms: number): string => (ms / 1000).toFixed(3);
