// Reads every hostile input, one after the other, in a process of its own, and reports what it cost.
import { setImmediate } from 'node:timers/promises';
import { type HostileCase, hostileCases } from './hostile-cases.ts';
import { codesAndPlaces, problemsOf } from './read.ts';

// Loading is not what is measured.
problemsOf('hsctl: 2\n');
const results = [];
for (const one of hostileCases) {
	// What the case before has left behind is not what is measured; buffers are given back a turn after they are collected.
	globalThis.gc?.();
	await setImmediate();
	results.push(measured(one));
}

/** Its own work: what else the machine does is not counted. */
function measured({ name, input }: HostileCase) {
	const bytes = input();
	const before = process.cpuUsage();
	const found = codesAndPlaces(problemsOf(bytes));
	return { name, found, ms: Math.round(process.cpuUsage(before).user / 1000) };
}

// What somebody smuggled into every object would show here.
const polluted = Reflect.get({}, 'polluted') !== undefined;
process.stdout.write(JSON.stringify({ results, polluted, megabytes: process.resourceUsage().maxRSS / 1024 }));
