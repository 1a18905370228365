import type { Diagnostic, Span } from '../../model/diagnostic.ts';
import { type DiagnosticCode, diagnosticCodes } from '../../model/diagnostic-code.ts';
import { foreignJson } from '../text/json.ts';
import { filesOf, inOrder } from './diagnostic-format.ts';

/** SARIF 2.1.0 (OASIS), for code scanning. The rules are the codes that occur. */
export function sarifDiagnostics(diagnostics: readonly Diagnostic[], files: readonly string[]): string {
	const codes = [...new Set(diagnostics.map(({ code }) => code))].sort();
	return foreignJson({
		$schema: 'https://json.schemastore.org/sarif-2.1.0.json',
		version: '2.1.0',
		runs: [
			{
				tool: { driver: { name: 'hsctl', rules: codes.map(rule) } },
				// §3.14.17: our columns count UTF-16 units.
				columnKind: 'utf16CodeUnits',
				artifacts: filesOf(diagnostics, files).map(file => ({ location: artifact(file) })),
				results: inOrder(diagnostics).map(diagnostic => result(diagnostic, codes)),
			},
		],
	});
}

function rule(code: DiagnosticCode): object {
	const { title, meaning, cure } = diagnosticCodes[code];
	return { id: code, shortDescription: { text: title }, fullDescription: { text: meaning }, help: { text: cure } };
}

function result({ severity, code, message, at, hint }: Diagnostic, codes: readonly DiagnosticCode[]): object {
	return {
		ruleId: code,
		ruleIndex: codes.indexOf(code),
		level: severity,
		message: { text: hint === undefined ? message : `${message}\n${hint}` },
		...(at === undefined ? {} : { locations: [{ physicalLocation: location(at) }] }),
	};
}

const location = (at: Span): object => ({
	artifactLocation: artifact(at.file),
	region: {
		startLine: at.line,
		startColumn: at.column,
		endLine: at.endLine,
		endColumn: at.endColumn,
		snippet: { text: at.sourceLine },
	},
});

/** §3.4.3: a URI; relative ones are resolved against the root of the checkout. */
function artifact(file: string): object {
	const uri = file.split('/').map(encodeURIComponent).join('/');
	return file.startsWith('/') ? { uri: `file://${uri}` } : { uri, uriBaseId: '%SRCROOT%' };
}
