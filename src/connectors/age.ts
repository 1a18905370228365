import { armor, Decrypter } from 'age-encryption';
import { fail, ok, type Result } from '../model/result.ts';

/** Opens a file encrypted with age, armoured or not, with the identities of a key file (one a line, `#` for comments). */
export async function openAge(
	sealed: Uint8Array,
	keys: string,
	path: string,
	keyFile: string,
): Promise<Result<Uint8Array, string>> {
	const decrypter = new Decrypter();
	try {
		for (const line of keys.split('\n').map(line => line.trim()))
			if (line !== '' && !line.startsWith('#')) decrypter.addIdentity(line);
	} catch {
		return fail(`${keyFile} holds something that is not an age identity`);
	}
	try {
		const text = Buffer.from(sealed).toString('latin1');
		return ok(await decrypter.decrypt(text.startsWith('-----BEGIN AGE') ? armor.decode(text) : sealed));
	} catch {
		return fail(`${path} cannot be opened with the identities in ${keyFile}`);
	}
}
