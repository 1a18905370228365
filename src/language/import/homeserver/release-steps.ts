import type { Step } from '../../generated/module.generated.ts';
import { inside, nameOf } from '../import-files.ts';
import type { Fields } from '../json/fields.ts';
import { freeVariable } from '../playbook/ids.ts';
import { plainText } from '../playbook/plain-text.ts';
import { noteCheckout } from './checkout.ts';
import type { HomeserverFile } from './homeserver-file.ts';
import { readPermissions } from './pool-file.ts';
import { isPath } from './version-check.ts';

/** What a module's `config` says of its work, as steps: downloads, checkouts, owners and modes. The rest of it is in a program. */
export function readReleaseSteps(file: HomeserverFile): readonly Step[] {
	const config = file.fields.map('config');
	if (config === undefined) return [];
	const permissions = file.fields.map('permissions') ?? config.map('permissions');
	const owners = readPermissions(permissions);
	const directories = config.map('directories');
	const places = (directories?.keys ?? []).flatMap(key => readPlace(key, directories, owners));
	return [
		...readComponents(config, owners, file),
		...readInstallation(config, places, file),
		...places.map(({ step }) => step),
	];
}

type Owners = ReturnType<typeof readPermissions>;

/** A path of the module, and the step that gives it owner and mode. */
interface PathPlace {
	readonly key: string;
	readonly path: string;
	readonly step: Step;
	readonly rights: Owners;
}

function readPlace(key: string, directories: Fields | undefined, owners: Owners): readonly PathPlace[] {
	const entry = directories?.map(key);
	const path = entry?.text('path');
	if (entry === undefined) return [];
	if (path === undefined || !isPath(path)) {
		entry.note('path', 'is no absolute path, and is left out', 'write its step');
		entry.leave('mode', 'is left out with it');
		entry.leave('owner', 'is left out with it');
		return [];
	}
	if (entry.flag('user_relative') === true)
		entry.note('user_relative', 'is left out: the path is taken as it is written', "write the path of the host's user");
	const own = readPermissions(entry);
	const rights: Owners = { ...owners, ...own };
	if (Object.keys(rights).length === 0) {
		entry.note('path', 'is left out: nothing is said of its owner or mode', undefined, 'harmless');
		return [];
	}
	const plain = plainText(path);
	return [
		{ key, path, rights, step: { when: { file_exists: { path: plain } }, permissions: { path: plain, ...rights } } },
	];
}

/** `…{version}…` of `installation`: downloaded where it is one file for one known place, and said where it is more. */
function readInstallation(config: Fields, places: readonly PathPlace[], file: HomeserverFile): readonly Step[] {
	const installation = config.map('installation');
	if (installation === undefined) return [];
	const templates = installation.keys.filter(key => /template$/.test(key));
	for (const key of ['github_api_url', 'releases_url'])
		installation.leave(
			key,
			'is left out: upstream installs what is newest, hsctl the version that is written',
			'choose a version',
			'matters',
		);
	return templates.flatMap(key => readDownload(key, installation, places, file));
}

function readDownload(
	key: string,
	installation: Fields,
	places: readonly PathPlace[],
	{ name, parts }: HomeserverFile,
): readonly Step[] {
	const template = installation.text(key);
	const fallback = installation.version('fallback_version');
	const binary = places.filter(place => /(?:^|_)(?:bin|binary)(?:_|$)/.test(place.key));
	const [place] = binary;
	if (template === undefined) return [];
	const isArchive = /\.(?:tar(?:\.\w+)?|tgz|zip|xz|gz)$/.test(template);
	const isUrl = /^[a-z][a-z0-9+.-]*:\/\/\S{1,1000}$/.test(template);
	if (!isUrl || isArchive || place === undefined || binary.length > 1) {
		const what = isArchive ? 'is an archive' : isUrl ? 'has no one place for the file' : 'is no address';
		installation.note(key, `${what}: index.json does not say what to do with it`, 'write `download` and `archive`');
		return [];
	}
	const variable = freeVariable(`${name}_version`, parts.vars);
	parts.vars.set(variable, fallback ?? '');
	installation.note(
		key,
		`is downloaded with nothing to compare it with${fallback === undefined ? ', and no version is said' : ''}`,
		`write \`sha256\` instead of \`unverified\`${fallback === undefined ? `, and \`${variable}\` under \`vars\`` : ''}`,
	);
	const url = plainText(template).replaceAll('{version}', () => `\${vars.${variable}}`);
	return [{ download: { url, dest: plainText(place.path), unverified: true, ...place.rights } }];
}

/** Parts of a checkout that are put into folders of the host. They are taken from `src/` of the module. */
function readComponents(config: Fields, { owner, group }: Owners, file: HomeserverFile): readonly Step[] {
	const repository = config.map('repository');
	const targets = config.map('target_paths');
	const components = targets?.map('components');
	if (repository !== undefined) noteCheckout(repository, `${file.folder}/src`, 'part of the module');
	repository?.leave('temp_directory', 'is left out: nothing is fetched on the host');
	targets?.leave('base_directory', 'is left out: each part says its whole path');
	const rights = { ...(owner === undefined ? {} : { owner }), ...(group === undefined ? {} : { group }) };
	return (components?.keys ?? []).flatMap(key => readComponent(components?.map(key), rights, file));
}

function readComponent(
	component: Fields | undefined,
	rights: Owners,
	{ folder, parts }: HomeserverFile,
): readonly Step[] {
	if (component === undefined) return [];
	const source = component.text('source_path');
	const target = component.text('target_path');
	const name = component.text('description');
	const isOn = component.flag('enabled') !== false;
	const src = source === '.' ? 'src' : `src/${source ?? ''}`;
	if (
		source === undefined ||
		/[\n\t]|\$\{|(?:^|\/)\.\.(?:\/|$)/.test(source) ||
		target === undefined ||
		!isPath(target)
	) {
		component.note('', 'has no source or no absolute target, and is left out', 'write its step');
		return [];
	}
	if (!isOn) {
		component.note('', 'is switched off, and is left out', undefined, 'harmless');
		return [];
	}
	component.note(
		'source_path',
		'is put there by upstream with all that is in it; what a program keeps of the old one is not said here',
		'see what has to stay: `exclude`',
	);
	const path = inside(folder, src);
	if (parts.surroundings.files.look(path).kind === 'missing')
		component.note('source_path', `names what is not there: ${path}`, 'put it there before `hsctl lock`');
	const dest = plainText(target);
	const isFile = nameOf(source).includes('.') && source !== '.' && !source.endsWith('/');
	return [
		{
			...(name === undefined ? {} : { name: plainText(name.slice(0, 120)) }),
			...(isFile ? { file: { src, dest, ...rights } } : { sync: { src, dest, ...rights } }),
		},
	];
}
