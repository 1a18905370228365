import { type Diagnostic, isError } from '../../model/diagnostic.ts';
import { diagnosticCodes } from '../../model/diagnostic-code.ts';
import { jsonDocument } from '../text/json.ts';
import { filesOf, inOrder } from './diagnostic-format.ts';

/** `hsctl/diagnostics/v1`: one JSON document. */
export function jsonDiagnostics(diagnostics: readonly Diagnostic[], files: readonly string[]): string {
	const errors = diagnostics.filter(isError).length;
	return jsonDocument({
		format: 'hsctl/diagnostics/v1',
		files: filesOf(diagnostics, files),
		counts: { errors, warnings: diagnostics.length - errors },
		diagnostics: inOrder(diagnostics).map(plain),
	});
}

/** A problem without a place has `null` there, so that every entry has the same keys. */
function plain({ severity, code, message, at, hint }: Diagnostic): object {
	return {
		severity,
		code,
		title: diagnosticCodes[code].title,
		message,
		file: at?.file ?? null,
		line: at?.line ?? null,
		column: at?.column ?? null,
		end_line: at?.endLine ?? null,
		end_column: at?.endColumn ?? null,
		hint: hint ?? null,
	};
}
