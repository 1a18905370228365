import type { ConditionKind } from '../model/condition.ts';
import { binaryVersion } from './binary-version.ts';
import { command } from './command.ts';
import { type ReadableCondition, readable } from './condition-type.ts';
import { fact } from './fact.ts';
import { fileExists } from './file-exists.ts';
import { fileSha256 } from './file-sha256.ts';
import { moduleSchema } from './module-schema.ts';
import { moduleVersion } from './module-version.ts';
import { os } from './os.ts';
import { packageVersion } from './package-version.ts';
import { unitState } from './unit-state.ts';

/** Every kind of condition that `when:` knows beside `always`, `all`, `any` and `not`. */
export const conditionTypes: { readonly [Kind in ConditionKind]: ReadableCondition<Kind> } = {
	binary_version: readable(binaryVersion),
	command: readable(command),
	fact: readable(fact),
	file_exists: readable(fileExists),
	file_sha256: readable(fileSha256),
	module_schema: readable(moduleSchema),
	module_version: readable(moduleVersion),
	os: readable(os),
	package_version: readable(packageVersion),
	unit_state: readable(unitState),
};
