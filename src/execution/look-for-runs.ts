import { memoryText } from '../host/runner.ts';
import runsText from '../host/runs.sh';
import { asRunId, type HostName, type RunId } from '../model/brand.ts';
import { Command, sh } from '../model/command.ts';
import type { Host } from '../model/inventory.ts';
import type { Plan } from '../model/plan.ts';
import type { Become } from '../model/unit.ts';
import { type AskContext, askOnce, withLastWord } from './exchange.ts';
import { readFrames } from './frames.ts';
import { joinHostPlans, readHostPlan } from './host-plan.ts';
import { inParallel } from './in-parallel.ts';
import type { LookContext } from './look.ts';
import { locateState, program } from './program.ts';

/** A run as the hosts remember it. */
export interface RememberedRun {
	readonly run: RunId;
	/** Of the hosts that had work in it. */
	readonly plan: Plan;
	/** Some host still works on it. */
	readonly isRunning: boolean;
	/** The last word of any host on it, in milliseconds since 1970 by the host's clock. */
	readonly spokeAtMs: number;
	/** Who began it, and on which machine. */
	readonly user: string;
	readonly controller: string;
}

export interface RememberedRuns {
	/** The oldest first. */
	readonly runs: readonly RememberedRun[];
	/** Hosts that could not be asked, and why. */
	readonly silent: readonly { readonly host: HostName; readonly because: string }[];
}

/** Asks hosts, one exchange each, which runs they remember whose ids begin with `prefix`. Writes nothing. */
export async function lookForRuns(
	hosts: readonly { readonly host: Host; readonly become: Become }[],
	prefix: string,
	context: AskContext & Pick<LookContext, 'parallel'>,
): Promise<RememberedRuns> {
	const parts = new Map<RunId, Part[]>();
	const silent: RememberedRuns['silent'][number][] = [];
	await inParallel(hosts, context.parallel, async ({ host, become }) => {
		const asked = await askHost(host, become, prefix, context);
		if (typeof asked === 'string') silent.push({ host: host.name, because: asked });
		else for (const part of asked) parts.set(part.run, [...(parts.get(part.run) ?? []), part]);
	});
	return { runs: [...parts].toSorted(([a], [b]) => (a < b ? -1 : 1)).flatMap(([run, of]) => joined(run, of)), silent };
}

/** What one folder of one host says. */
type Part = RememberedRun;

function joined(run: RunId, parts: readonly Part[]): readonly RememberedRun[] {
	const [first, ...rest] = parts;
	if (first === undefined) return [];
	return [
		{
			...first,
			run,
			plan: joinHostPlans([first.plan, ...rest.map(({ plan }) => plan)]),
			isRunning: parts.some(({ isRunning }) => isRunning),
			spokeAtMs: Math.max(...parts.map(({ spokeAtMs }) => spokeAtMs)),
		},
	];
}

/** The parts of the host, or why it could not be asked. */
async function askHost(
	host: Host,
	become: Become,
	prefix: string,
	context: AskContext,
): Promise<readonly Part[] | string> {
	const answer = await askOnce({ host, become }, nonce => runsProgram(host, prefix, nonce), context);
	if (!answer.ok) return answer.because;
	const frames = readFrames(answer.stdout, answer.nonce);
	const state = frames.find(({ name }) => name === 'path')?.text;
	if (state === undefined || !frames.some(({ name }) => name === 'end'))
		return withLastWord('it did not answer what it remembers of runs', answer.stderr);
	return frames.flatMap(({ name, text }) => partOf(name, text, { host, become, state }));
}

function partOf(name: string, text: string, asked: Parameters<typeof readHostPlan>[1]): readonly Part[] {
	const run = runOfFolder(name);
	const [where = '', spoke = '', controller = '', user = '', packed = ''] = text.split(' ');
	const plan = run === undefined ? undefined : readHostPlan(packed, asked);
	if (run === undefined || plan === undefined) return [];
	return [{ run, plan, isRunning: where === 'running', spokeAtMs: Number(spoke) * 1000, controller, user }];
}

/** The run that a folder on a host belongs to: later stages have a number behind it. */
function runOfFolder(name: string): RunId | undefined {
	const run = /^run:([0-9A-HJKMNP-TV-Z]{26})(?:-\d+)?$/.exec(name)?.[1];
	return run === undefined ? undefined : asRunId(run);
}

/** Frames: `path`, `run:<folder>` as src/host/runs.sh has it, `end`. */
const runsProgram = ({ stateDir }: Host, prefix: string, nonce: string) =>
	program(
		sh`hs_nonce=${nonce}`,
		Command.trusted(memoryText),
		Command.trusted(runsText),
		locateState(stateDir),
		sh`hs_frame path "$HSCTL_STATE"; hs_remembered_runs ${prefix}; hs_frame end ''`,
	);
