import { sh } from '../model/command.ts';
import type { Comparator } from '../model/condition.ts';
import { compareVersions, describeBounds } from '../versions/compare.ts';
import { brokenExit, readBounded } from './bounded-output.ts';
import type { ConditionType } from './condition-type.ts';
import { judgeVersion, verdict } from './verdict.ts';

/** What the package manager said of a package. */
export type PackageState =
	| { readonly kind: 'installed'; readonly manager: string; readonly version: string; readonly order: Comparator }
	| { readonly kind: 'absent'; readonly manager: string }
	| { readonly kind: 'unreadable'; readonly because: string };

/** The version of an installed package; one that only left its configuration behind is missing. */
export const packageVersion: ConditionType<'package_version', PackageState> = {
	kind: 'package_version',
	fact: options => `package_version ${options.package}`,
	rule: options => describeBounds(options, options.compare ?? "the package manager's order"),
	probe: options => ({
		look: sh`hs_look_package ${options.package}`,
		parse: printed => readPackage(printed, options.package),
	}),
	judge(options, state) {
		const name = options.package;
		if (state.kind === 'installed') return judgeVersion(options, state.version, options.compare ?? state.order, name);
		if (state.kind === 'absent')
			return verdict('missing', 'absent', `${name} is not installed, as ${state.manager} says`);
		return verdict('unreadable', 'unreadable', `the version of ${name} cannot be told: ${state.because}`);
	},
};

interface Manager {
	readonly order: Comparator;
	/** The version in a line that says that this very package is installed. */
	installed(line: string, name: string): string | undefined;
	/** Whether a print without such a line says that the package is not there, and not that something is broken. */
	absent(output: string, exit: number): boolean;
}

const managers: ReadonlyMap<string, Manager> = new Map<string, Manager>([
	[
		'dpkg',
		{
			order: 'deb',
			installed(line, name) {
				const [found, status, version] = line.split('\t');
				return found === name.replace(/:.*$/, '') && status?.endsWith(' installed') ? version : undefined;
			},
			// dpkg-query(1): 1 is a query that found nothing, 2 is trouble.
			absent: (_output, exit) => exit === 0 || exit === 1,
		},
	],
	[
		'rpm',
		{
			order: 'rpm',
			installed(line, name) {
				const [found, version] = line.split('\t');
				return found === name ? version : undefined;
			},
			// A broken database also ends in "is not installed" and 1, after its own complaint.
			absent: (output, exit) => exit === 0 || (/ is not installed$/m.test(output) && !/^error:/m.test(output)),
		},
	],
	[
		'pacman',
		{
			order: 'alpm',
			installed(line, name) {
				const [found, version] = line.split(' ');
				return found === name ? version : undefined;
			},
			absent: (output, exit) => exit === 0 || / was not found$/m.test(output),
		},
	],
	[
		'apk',
		{
			// apk has an order of its own; the loose one agrees on numbers, on `-rN` and on `_alpha`, `_beta`, `_pre`, `_rc`.
			order: 'loose',
			installed(line, name) {
				if (!line.startsWith(`${name}-`) || !line.endsWith('[installed]')) return undefined;
				return /^\d\S*/.exec(line.slice(name.length + 1))?.[0];
			},
			absent: (_output, exit) => exit === 0,
		},
	],
]);

function readPackage(printed: string, name: string): PackageState {
	const [manager = '', ...rest] = printed.split('\n');
	const known = managers.get(manager);
	if (known === undefined) return { kind: 'unreadable', because: 'no package manager that is known is there' };
	const { output, exit } = readBounded(rest.join('\n'));
	const broken = brokenExit(exit, 10);
	if (broken !== undefined || typeof exit !== 'number')
		return { kind: 'unreadable', because: `${manager} ${broken ?? ''}` };
	const version = newest(output, name, known);
	if (version !== undefined) return { kind: 'installed', manager, version, order: known.order };
	if (known.absent(output, exit)) return { kind: 'absent', manager };
	return { kind: 'unreadable', because: `${manager} ended with ${exit}: ${output.split('\n')[0] ?? ''}` };
}

/** Kernels are installed several at a time: the newest is what the question is about. */
function newest(output: string, name: string, { installed, order }: Manager): string | undefined {
	const versions = output.split('\n').flatMap(line => installed(line, name) ?? []);
	return versions.reduce<string | undefined>(
		(best, version) => (best === undefined || (compareVersions(order, version, best) ?? 0) > 0 ? version : best),
		undefined,
	);
}
