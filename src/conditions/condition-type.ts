import type { Command } from '../model/command.ts';
import type { ConditionKind, ConditionOptions, Verdict } from '../model/condition.ts';
import type { Probe } from '../model/probe.ts';

/** A kind of question that `when:` can ask: how to look, and what to make of what was seen. Nothing here does I/O or throws. */
export interface ConditionType<Kind extends ConditionKind, State> {
	readonly kind: Kind;
	/** The fact's name: `binary_version /usr/bin/git`. */
	fact(options: ConditionOptions[Kind]): string;
	/** What is asked of it: `below 2.30.0 (loose)`. */
	rule(options: ConditionOptions[Kind]): string;
	probe(options: ConditionOptions[Kind]): Probe<State>;
	/** The only place that decides. A fallback is not its business: it says `missing` or `unreadable`. */
	judge(options: ConditionOptions[Kind], state: State): Verdict;
}

/** A condition type with its State closed over, so that all kinds fit one table. */
export interface ReadableCondition<Kind extends ConditionKind> {
	readonly kind: Kind;
	fact(options: ConditionOptions[Kind]): string;
	rule(options: ConditionOptions[Kind]): string;
	look(options: ConditionOptions[Kind]): Command;
	/** What the look printed, judged. */
	read(options: ConditionOptions[Kind], printed: string): Verdict;
}

export function readable<Kind extends ConditionKind, State>(type: ConditionType<Kind, State>): ReadableCondition<Kind> {
	return {
		kind: type.kind,
		fact: type.fact,
		rule: type.rule,
		look: options => type.probe(options).look,
		read: (options, printed) => type.judge(options, type.probe(options).parse(printed)),
	};
}
