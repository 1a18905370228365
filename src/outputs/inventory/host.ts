import type { Host, Origin } from '../../model/inventory.ts';
import type { Become } from '../../model/unit.ts';
import { styleFor } from '../style.ts';
import { pad, widthOf } from '../text/width.ts';
import { wrap } from '../text/wrap.ts';
import type { TextLook } from '../text-out.ts';
import { visibleLine } from '../visible.ts';

/** A host with what holds for it when no playbook says otherwise. */
export interface HostValues {
	readonly host: Host;
	/** By key, as `language/origins.ts` has them. */
	readonly from: ReadonlyMap<string, Origin>;
	readonly become: Become;
	/** `become` is what hsctl.config.yaml says. */
	readonly isBecomeOfConfig: boolean;
}

/** Everything that holds for one host, and where each value is written. */
export function hostText(values: HostValues, look: TextLook): string {
	const { paint } = styleFor(look);
	const rows = rowsOf(values);
	const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(widthOf));
	const labels = widest(rows.map(({ label }) => label));
	const places = widest(rows.map(({ place }) => place));
	const room = Math.max(20, look.columns - labels - 4);
	// A place stands beside its value where both columns have room, else below it.
	const wanted = widest(rows.map(({ text, place }) => (place === '' ? '' : text)));
	const beside = Math.min(wanted, room - places - 2);
	const lines = rows.flatMap(({ label, text, place }) => {
		const isBeside = place !== '' && beside >= Math.min(wanted, 20);
		const [first = '', ...more] = wrap(text, isBeside ? beside : room);
		const below = [...more, ...(place === '' || isBeside ? [] : wrap(place, room))];
		const head = `  ${paint('quiet', pad(label, labels))}  `;
		return [
			head + (isBeside ? `${pad(first, beside)}  ${paint('quiet', place)}` : first),
			...below.map(line => ' '.repeat(labels + 4) + line),
		];
	});
	const { name, at } = values.host;
	const title = `${paint('strong', visibleLine(name))}${at === undefined ? '' : `  ${paint('quiet', placeWords({ at }))}`}`;
	return `${[title, ...lines].join('\n')}\n`;
}

interface Row {
	readonly label: string;
	readonly text: string;
	/** Where it is written; '' where nobody wrote it. */
	readonly place: string;
}

function rowsOf({ host, from, become, isBecomeOfConfig }: HostValues): readonly Row[] {
	const row = (label: string, key: string, value: string | number | undefined, otherwise: string): Row => {
		const origin = from.get(key);
		return {
			label,
			text: visibleLine(value === undefined ? otherwise : String(value)),
			place: value === undefined || origin === undefined ? '' : placeWords(origin),
		};
	};
	const isOverSsh = host.connection === 'ssh' || host.connection === 'openssh';
	const ofSsh = 'not said: what your ssh config has';
	return [
		row('connection', 'connection', host.connection, ''),
		...(isOverSsh
			? [row('address', 'address', host.address, `not said: ${host.name}, or what your ssh config has`)]
			: []),
		...(isOverSsh ? [row('port', 'port', host.port, ofSsh), row('user', 'user', host.user, ofSsh)] : []),
		...(host.on === undefined ? [] : [row('on', 'on', host.on, '')]),
		...(host.vmid === undefined ? [] : [row('vmid', 'vmid', host.vmid, '')]),
		becomeRow(row('become', 'become', become, ''), host, isBecomeOfConfig),
		row('state_dir', 'state_dir', host.stateDir, 'not said: /var/lib/hsctl for root, else ~/.local/state/hsctl'),
		row('groups', '', host.groups.length === 0 ? undefined : host.groups.join(', '), 'none'),
		...(host.needs.length === 0 ? [row('needs', '', undefined, 'none')] : []),
		...host.needs.map((need, index) => row(index === 0 ? 'needs' : '', `needs.${need}`, need, '')),
		...(host.vars.size === 0 ? [row('vars', '', undefined, 'none')] : []),
		...[...host.vars].map(([name, value]) => row(`vars.${visibleLine(name)}`, `vars.${name}`, value, '')),
	];
}

const becomeRow = (row: Row, { become }: Host, isOfConfig: boolean): Row => {
	if (become !== undefined) return row;
	return isOfConfig
		? { ...row, place: 'hsctl.config.yaml' }
		: { ...row, text: `${row.text}, unless a playbook says more` };
};

/** `inventory.yaml:12`, and which group says it. */
const placeWords = ({ at, group }: Origin): string =>
	`${visibleLine(at.file)}:${at.line}${group === undefined ? '' : ` (group ${visibleLine(group)})`}`;
