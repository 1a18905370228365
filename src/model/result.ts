import type { Diagnostic } from './diagnostic.ts';

/** What a function gives that can meet a wrong playbook: the value, or every problem at once. Bugs throw instead. */
export type Result<Value, Problem = readonly Diagnostic[]> =
	| { readonly ok: true; readonly value: Value }
	| { readonly ok: false; readonly error: Problem };

export const ok = <Value>(value: Value): { readonly ok: true; readonly value: Value } => ({ ok: true, value });
export const fail = <Problem>(error: Problem): { readonly ok: false; readonly error: Problem } => ({
	ok: false,
	error,
});
