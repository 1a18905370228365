import { type Diagnostic, isError } from '../../model/diagnostic.ts';
import { diagnosticCodes } from '../../model/diagnostic-code.ts';
import { attributes, xml } from '../text/xml.ts';
import { filesOf, inOrder } from './diagnostic-format.ts';

/** JUnit XML: a suite a file, a case a problem. A file without a problem has one case that passes. */
export function junitDiagnostics(diagnostics: readonly Diagnostic[], files: readonly string[]): string {
	const homeless = diagnostics.filter(({ at }) => at === undefined);
	const suites = [
		...(homeless.length === 0 ? [] : [suite('hsctl', homeless)]),
		...filesOf(diagnostics, files).map(file =>
			suite(
				file,
				diagnostics.filter(({ at }) => at?.file === file),
			),
		),
	];
	return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites name="hsctl">', ...suites, '</testsuites>', ''].join(
		'\n',
	);
}

function suite(file: string, diagnostics: readonly Diagnostic[]): string {
	const cases =
		diagnostics.length === 0
			? [`    <testcase${attributes({ name: 'valid', classname: file })}/>`]
			: inOrder(diagnostics).map(diagnostic => testCase(diagnostic, file));
	const totals = { name: file, tests: cases.length, failures: diagnostics.filter(isError).length, errors: 0 };
	return [`  <testsuite${attributes(totals)}>`, ...cases, '  </testsuite>'].join('\n');
}

/** JUnit knows no warning: it is a case that passes and says something. */
function testCase(diagnostic: Diagnostic, file: string): string {
	const { code, message, at, hint } = diagnostic;
	const place = at === undefined ? '' : ` ${at.line}:${at.column}`;
	const text = xml(
		[`${file}${place.replace(' ', ':')} ${code}: ${message}`, ...(hint === undefined ? [] : [hint])].join('\n'),
	);
	const body = isError(diagnostic)
		? `<failure${attributes({ type: code, message })}>${text}</failure>`
		: `<system-out>${text}</system-out>`;
	const name = `${code} ${diagnosticCodes[code].title}${place}`;
	return `    <testcase${attributes({ name, classname: file })}>\n      ${body}\n    </testcase>`;
}
