import type { Diagnostic } from '../model/diagnostic.ts';
import type { Plan } from '../model/plan.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { SecretStore } from '../ports/secret-store.ts';

/** The values of all secrets that a plan takes, or everything that is in the way: nothing is started without them. */
export async function readSecrets(
	{ secrets }: Pick<Plan, 'secrets'>,
	store: SecretStore,
): Promise<Result<ReadonlyMap<string, string>>> {
	const values = new Map<string, string>();
	const problems: Diagnostic[] = [];
	for (const [name, source] of Object.entries(secrets)) {
		const read = await store.read(source);
		if (read.ok) values.set(name, read.value);
		else
			problems.push({
				severity: 'error',
				code: 'HS1809',
				message: `the secret \`${name}\` cannot be had: ${read.error}`,
				hint: 'see `secrets` of the playbook, which says where it is kept',
			});
	}
	return problems.length > 0 ? fail(problems) : ok(values);
}
