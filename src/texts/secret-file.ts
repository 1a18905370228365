/** Whether the name of a file says that all of it is secret, also what has no name in it: `/etc/shadow`, `.pgpass`, `db.key`. */
export const isSecretFile = (path: string): boolean =>
	/(?:^|\/)(?:g?shadow-?|[._]?(?:pgpass|netrc|htpasswd|htdigest)(?:\.\w+)?|[^/]*\.(?:key|keytab|ppk|secrets?)|(?:[^/]*[-_.])?secrets?(?:\.\w+)?|id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?)$/i.test(
		path,
	);
