import type { Command } from '../model/command.ts';
import type {
	Condition,
	ConditionKind,
	ConditionLeaf,
	ConditionOptions,
	Fallback,
	Judgement,
	Trace,
	Truth,
	Verdict,
} from '../model/condition.ts';
import type { Print } from '../model/probe.ts';
import { conditionTypes } from './registry.ts';
import { verdict } from './verdict.ts';

/** The questions of a condition, depth first, in the order they are written: the order of everything else here. */
export function leavesOf(condition: Condition): readonly ConditionLeaf[] {
	switch (condition.kind) {
		case 'always':
			return [];
		case 'all':
		case 'any':
			return condition.of.flatMap(leavesOf);
		case 'not':
			return leavesOf(condition.of);
		default:
			return [condition];
	}
}

/** How a host is asked, a look for each leaf. */
export const looksOf = (condition: Condition): readonly { readonly fact: string; readonly look: Command }[] =>
	leavesOf(condition).map(({ kind, options }) => ({
		fact: typeOf(kind).fact(options),
		look: typeOf(kind).look(options),
	}));

/**
 * Decides a condition; `printed[i]` is what the look of `leavesOf(condition)[i]` printed, and a print that is not there counts
 * as unreadable.
 *
 * Every leaf is judged, so that the trace is whole. A leaf that cannot be evaluated takes the value of its own fallback, `run`:
 * yes, `skip`: no, `fail`: unknown, *before* an enclosing `not` turns it around: `not: { file_exists: …, if_unreadable: run }`
 * does not hold for an unreadable path. `unknown` stays unknown unless the rest decides without it. A leaf that nobody has looked
 * at is unknown whatever its fallback says: that speaks of the host, and nobody has asked it.
 */
export function evaluate(condition: Condition, printed: readonly Print[]): Judgement {
	if (condition.kind === 'always') return { holds: 'yes', because: 'always', trace: [] };
	const { holds, because, trace, isUnseen } = judgeNode(condition, printed.values());
	return { holds, because, trace: trace === undefined ? [] : [trace], ...(isUnseen === true ? { isUnseen } : {}) };
}

interface Judged {
	readonly holds: Truth;
	/** The clause of the leaf that decided. */
	readonly because: string;
	/** `undefined` for an `always` inside others. */
	readonly trace: Trace | undefined;
	readonly isUnseen?: boolean;
}

/** The prints are taken one after another, in the order of `leavesOf`: a leaf that an alias repeats is judged each time. */
function judgeNode(condition: Condition, printed: Iterator<Print>): Judged {
	switch (condition.kind) {
		case 'always':
			return { holds: 'yes', because: 'always', trace: undefined };
		case 'all':
		case 'any':
			return judgeGroup(
				condition.kind,
				condition.of.map(part => judgeNode(part, printed)),
			);
		case 'not': {
			const inner = judgeNode(condition.of, printed);
			const holds = opposite[inner.holds];
			return { ...inner, holds, trace: { kind: 'not', holds, of: traces([inner]) } };
		}
		default:
			return judgeLeaf(condition, printed.next().value);
	}
}

const opposite: Readonly<Record<Truth, Truth>> = { yes: 'no', no: 'yes', unknown: 'unknown' };

/** `all` is decided by the first no, `any` by the first yes; else by the first unknown; else all agree, and all reasons are said. */
function judgeGroup(kind: 'all' | 'any', parts: readonly Judged[]): Judged {
	const [decisive, agreed]: readonly [Truth, Truth] = kind === 'all' ? ['no', 'yes'] : ['yes', 'no'];
	const decider =
		parts.find(part => part.holds === decisive) ??
		parts.find(part => part.isUnseen) ??
		parts.find(part => part.holds === 'unknown');
	const holds = decider?.holds ?? agreed;
	const because = decider?.because ?? parts.map(part => part.because).join('; ');
	const isUnseen = holds === 'unknown' && decider?.isUnseen === true;
	return { holds, because, trace: { kind, holds, of: traces(parts) }, ...(isUnseen ? { isUnseen } : {}) };
}

const traces = (parts: readonly Judged[]): readonly Trace[] => parts.flatMap(({ trace }) => trace ?? []);

function judgeLeaf(leaf: ConditionLeaf, printed: Print | undefined): Judged {
	const type = typeOf(leaf.kind);
	if (typeof printed === 'object') return unseenLeaf(leaf, type, printed.unseen);
	const seen =
		printed === undefined
			? verdict('unreadable', 'no answer', 'the host gave no answer')
			: type.read(leaf.options, printed);
	const { holds, because } = settle(seen, leaf.options);
	const trace: Trace = {
		kind: 'leaf',
		condition: leaf.kind,
		fact: type.fact(leaf.options),
		rule: type.rule(leaf.options),
		value: seen.value,
		holds,
		because,
		at: leaf.at,
	};
	return { holds, because, trace };
}

const unseenLeaf = (leaf: ConditionLeaf, type: AnyCondition, because: string): Judged => ({
	holds: 'unknown',
	because,
	isUnseen: true,
	trace: {
		kind: 'leaf',
		condition: leaf.kind,
		fact: type.fact(leaf.options),
		rule: type.rule(leaf.options),
		value: 'not looked at',
		holds: 'unknown',
		because,
		at: leaf.at,
	},
});

/** What a leaf counts as: its own answer, or what the playbook says for one that cannot be evaluated. */
function settle(seen: Verdict, options: Fallbacks): Pick<Judged, 'holds' | 'because'> {
	if (seen.answer === 'holds') return { holds: 'yes', because: seen.because };
	if (seen.answer === 'fails') return { holds: 'no', because: seen.because };
	const key = seen.answer === 'missing' ? 'if_missing' : 'if_unreadable';
	const fallback = options[key] ?? 'fail';
	return { holds: fallbackTruths[fallback], because: `${seen.because}; ${key} is ${fallback}` };
}

interface Fallbacks {
	readonly if_missing?: Fallback;
	readonly if_unreadable?: Fallback;
}

const fallbackTruths: Readonly<Record<Fallback, Truth>> = { run: 'yes', skip: 'no', fail: 'unknown' };

/** The kind and its options come from one leaf, which the compiler cannot follow through a table. */
const typeOf = (kind: ConditionKind): AnyCondition => conditionTypes[kind];

interface AnyCondition {
	fact(options: ConditionOptions[ConditionKind]): string;
	rule(options: ConditionOptions[ConditionKind]): string;
	look(options: ConditionOptions[ConditionKind]): Command;
	read(options: ConditionOptions[ConditionKind], printed: string): Verdict;
}
