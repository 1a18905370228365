import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { has } from './host.ts';

/** Words before a program: `sh -c <this> enter <root>` calls it in that root, with the folder of the host in it. */
export const enterRoot = `root=$1; shift
mkdir -p "$root$(dirname "$HSCTL_STATE")" "$root/proc" "$root/dev" "$root/etc"
mount --bind /proc "$root/proc" && mount --bind /dev "$root/dev" && mount --bind "$(dirname "$HSCTL_STATE")" "$root$(dirname "$HSCTL_STATE")"
exec chroot "$root" "$@"`;

/** A root folder with busybox, its libraries, and a link for each of its programs. */
export function busyboxRoot(folder: string): string {
	const root = join(folder, 'root');
	const busybox = execFileSync('sh', ['-c', 'command -v busybox']).toString().trim();
	const libraries =
		(has('ldd') ? execFileSync('sh', ['-c', `ldd ${busybox} || true`]).toString() : '').match(/\/\S+/g) ?? [];
	for (const path of libraries) {
		mkdirSync(dirname(join(root, path)), { recursive: true });
		copyFileSync(path, join(root, path));
		chmodSync(join(root, path), 0o755);
	}
	mkdirSync(join(root, 'bin'), { recursive: true });
	copyFileSync(busybox, join(root, 'bin/busybox'));
	chmodSync(join(root, 'bin/busybox'), 0o755);
	execFileSync('chroot', [root, '/bin/busybox', '--install', '-s', '/bin']);
	return root;
}
