import { expect, it } from 'vitest';
import { resolveRepoPath } from '../../src/language/repo-path.ts';
import { repoPath } from '../../src/model/brand.ts';

it.each([
	['hotfixes/a.sh', 'playbooks/p.yaml', 'hotfixes/a.sh'],
	['./a.sh', 'playbooks/p.yaml', 'playbooks/a.sh'],
	['../inventory.yaml', 'playbooks/p.yaml', 'inventory.yaml'],
	['./sub/../a.sh', 'playbooks/p.yaml', 'playbooks/a.sh'],
	['a//b/./c', 'p.yaml', 'a/b/c'],
	['a/../b', 'p.yaml', 'b'],
	['./x', 'p.yaml', 'x'],
	['..x/y', 'p.yaml', '..x/y'],
	['.hidden', 'playbooks/p.yaml', '.hidden'],
	['../a', 'p.yaml', undefined],
	['../../a', 'playbooks/p.yaml', undefined],
	['a/../../b', 'playbooks/p.yaml', undefined],
	['..', 'p.yaml', undefined],
	['/etc/passwd', 'playbooks/p.yaml', undefined],
])('H9: %s in %s is %s of the repository', (text, from, expected) => {
	expect(resolveRepoPath(text, repoPath(from))).toBe(expected);
});
