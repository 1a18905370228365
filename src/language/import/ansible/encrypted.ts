/** Whether a whole file was encrypted by ansible-vault. */
export const isEncrypted = (bytes: Uint8Array): boolean =>
	new TextDecoder().decode(bytes.subarray(0, 16)).startsWith('$ANSIBLE_VAULT;');
