import type { LooseNode } from './loose-yaml.ts';
import type { AnsibleValue } from './tree.ts';

/** A node as the value of a variable. */
export function toValue(node: LooseNode): AnsibleValue {
	if (node.kind === 'text') return { kind: 'text', text: node.text, isUnsafe: node.isUnsafe };
	return node.kind === 'tagged' ? { kind: 'tagged', tag: node.tag } : { kind: node.kind };
}
