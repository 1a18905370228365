import type { DiagnosticFormat } from './diagnostic-format.ts';
import { githubDiagnostics } from './github.ts';
import { gitlabDiagnostics } from './gitlab.ts';
import { humanDiagnostics } from './human.ts';
import { jsonDiagnostics } from './json.ts';
import { junitDiagnostics } from './junit.ts';
import { sarifDiagnostics } from './sarif.ts';

const formats = {
	human: humanDiagnostics,
	json: jsonDiagnostics,
	sarif: sarifDiagnostics,
	junit: junitDiagnostics,
	github: githubDiagnostics,
	gitlab: gitlabDiagnostics,
} as const satisfies Readonly<Record<string, DiagnosticFormat>>;

export type DiagnosticFormatName = keyof typeof formats;

/** What `--format` takes. A new format is a file and a line above. */
export const diagnosticFormats: Readonly<Record<DiagnosticFormatName, DiagnosticFormat>> = formats;

export const isDiagnosticFormat = (name: string): name is DiagnosticFormatName =>
	Object.hasOwn(diagnosticFormats, name);
