/*
 * The shapes that the updates of HOMESERVER and NannyAPI have had, written anew and no larger than it takes to see each field once.
 */

const metadata = { schema_version: '0.1.9', description: 'Repairs in a hurry', enabled: true };

/** The first one: operations in a row, checks around them. */
export const operations = {
	metadata: { schema_version: '1.0.0', description: 'Repairs in a hurry', created: '2024-12-08' },
	config: { backup_dir: '/var/backups/x', rollback_on_failure: true },
	operations: [
		{
			id: 'put',
			type: 'copy',
			source: 'app.py',
			target: '/srv/app/app.py',
			backup: true,
			permissions: { user: 'www-data', group: 'www-data', mode: '644' },
			enabled: true,
		},
		{
			id: 'add',
			type: 'append',
			source: 'more.conf',
			target: '/etc/app.conf',
			identifier: 'more',
			marker: '# MORE',
			enabled: true,
		},
		{ id: 'link', type: 'symlink', source: 'tool', target: '/usr/local/bin/tool', permissions: { mode: '755' } },
		{
			id: 'run',
			type: 'execute',
			source: 'fix.sh',
			working_dir: '/tmp',
			timeout: 60,
			cleanup_after: true,
			rollback_script: 'unfix.sh',
			critical: true,
			enabled: true,
		},
	],
	validation: {
		pre_checks: [{ command: 'systemctl is-active app', expected: 'active', description: 'app runs' }],
		post_checks: [
			{ command: 'systemctl status app', expected_exit_code: 0 },
			{ command: "curl -w '%{http_code}' http://localhost/", expected: '200' },
		],
	},
	rollback: { enabled: true, rollback_order: 'reverse' },
};

/** Pools, as they began. */
export const pools = {
	metadata,
	pools: [
		{
			id: 'website',
			description: 'Signs in again',
			operations: [
				{ target: 'src/auth.tsx', destination: '/var/www/homeserver/src/auth.tsx' },
				{ target: 'login.tsx', destination: '/var/www/homeserver/src/login.tsx' },
			],
			closure: [
				'cd /var/www/homeserver',
				'npm build',
				'systemctl restart homeserver',
				'systemctl is-active homeserver',
			],
		},
	],
	finalClosure: ["echo 'all is well'", 'curl -fsS http://localhost/'],
};

/** With owners and modes. */
export const poolsWithPermissions = {
	metadata,
	pools: [
		{
			id: 'tool',
			operations: [
				{
					target: 'tool.sh',
					destination: '/usr/local/sbin/tool.sh',
					permissions: { owner: 'root', group: 'root', mode: '755' },
				},
				{ target: 'tool.conf', destination: '/etc/tool.conf', permissions: {} },
			],
			closure: ['/usr/local/sbin/tool.sh'],
		},
	],
	finalClosure: [],
};

/** With the version of the hotfix module itself as a condition, and memory in the manifest. */
export const poolsWithVersions = {
	metadata,
	pools: [
		{
			id: 'now',
			target_schema_version: '0.1.9',
			has_run: true,
			operations: [{ target: 'a', destination: '/etc/a' }],
			closure: [],
		},
		{
			id: 'past',
			target_schema_version: '0.1.8',
			has_run: false,
			operations: [{ target: 'b', destination: '/etc/b' }],
			closure: [],
		},
	],
	finalClosure: [],
};

/** Scripts behind conditions. */
export const targets = {
	metadata: { ...metadata, priority: 1 },
	targets: [
		{
			id: 'gogs_fix',
			description: 'Repairs hooks',
			target_id: 'gogs',
			version_check: { type: 'module_schema', module: 'gogs', max_version: '0.1.7' },
			has_run: true,
		},
		{
			id: 'git_cve',
			target_id: 'git',
			version_check: { type: 'binary_version', binary: '/usr/bin/git', max_version: '2.30.0' },
			has_run: false,
		},
		{ id: 'factory', version_check: { type: 'file_exists', path: '/etc/homeserver.factory', invert: true } },
		{ id: 'always', version_check: { type: 'always', value: true } },
		{ id: 'plain', version_check: {} },
		{ id: 'by_hand', description: 'Puts it back', version_check: { type: 'manual', description: 'when it is broken' } },
		{ id: 'strange', version_check: { type: 'moon_phase', phase: 'full' } },
	],
};

export const manifest = {
	updates: [
		{
			name: 'adblock',
			version: '1.1.0',
			lastSafeVersion: '1.0.0',
			checksum: 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
			lastApplied: '2024-06-10T15:23:00Z',
			enabled: true,
			description: 'Blocks advertisements',
		},
		{ name: 'gogs', version: '2.0.0', lastSafeVersion: null, checksum: null, enabled: false, children: ['themes'] },
		{ name: 'themes', version: '0.1.0', enabled: true },
		{ name: 'lonely', version: '0.1.0', enabled: true },
		{ name: 'all_services', version: null, enabled: true, description: null, children: ['adblock', 'gogs', 'ghost'] },
	],
	entrypoint: 'all_services',
};

/** A list of files from another repository: 15 of them, or none. */
export const fileSet = {
	metadata: {
		schema_version: '1.0.12',
		content_version: '1.0.0',
		enabled: true,
		priority: 3,
		description: 'Admin tools',
	},
	repo: { url: 'https://example.org/sbin.git', branch: 'master', default_branch: 'master' },
	files: [
		...Array.from({ length: 15 }, (_, n) => ({ source: `tool${n}.sh`, keepUpdated: true })),
		{ source: 'old.sh', keepUpdated: false },
	],
};

export const migrations = {
	metadata: { schema_version: '1.0.16', enabled: true, priority: 2, description: 'Once, and in order' },
	migrations: [
		{ id: '00000002', description: 'Makes it immutable', has_run: true },
		{ id: '00000003', description: 'Mounts it later', has_run: false },
	],
};

export const interactables = {
	metadata: { schema_version: '0.1.16', enabled: true, priority: 0 },
	interactables: [
		{
			id: 'to_forgejo',
			name: 'To Forgejo',
			description: 'Replaces Gogs',
			script: 'to_forgejo.sh',
			has_run: false,
			ready: false,
			completion_check: { type: 'systemd_switch', active: 'forgejo', inactive: 'gogs' },
		},
		{
			id: 'debian12_to_13',
			name: 'Debian 13',
			script: 'debian.py',
			show_only_if: { debian_codename: 'bookworm' },
		},
		{ id: 'postgres', script: 'postgres.py', show_only_if: { after_interactive: 'debian12_to_13' } },
	],
};

/** One of two that stand for each other. */
export const release = (name: string, order: number) => ({
	metadata: {
		schema_version: '0.1.0',
		module_name: name,
		description: `${name} serves git`,
		enabled: true,
		group: 'git',
		group_order: order,
		service_name: name,
	},
	config: {
		directories: {
			data_dir: { path: `/var/lib/${name}`, mode: '750' },
			[`${name}_bin`]: { path: `/opt/${name}/${name}`, owner: 'root', mode: '755' },
			home_dir: { path: '~/.local', mode: '755' },
		},
		installation: {
			releases_url: `https://example.org/${name}/releases`,
			binary_url_template: `https://example.org/${name}/v{version}/${name}-{version}`,
			fallback_version: '14.0.2',
		},
		permissions: { owner: 'git', group: 'git' },
	},
});

/** Parts of a checkout for folders of the host. */
export const components = {
	metadata: { schema_version: '0.1.54', content_version: '0.9.0', module_name: 'website', enabled: true },
	config: {
		repository: { url: 'https://example.org/website.git', branch: 'master', temp_directory: '/tmp/x' },
		target_paths: {
			base_directory: '/srv/www',
			components: {
				frontend: { enabled: true, source_path: 'src', target_path: '/srv/www/src', description: 'What people see' },
				main: { enabled: true, source_path: 'main.py', target_path: '/srv/www/main.py' },
				off: { enabled: false, source_path: 'off', target_path: '/srv/www/off' },
			},
		},
	},
	permissions: { owner: 'www-data', group: 'www-data', file_mode: '644' },
};

export const globalIndex = {
	metadata: {
		schema_version: '0.1.45',
		channel: 'stable',
		branch: 'master',
		repository_url: 'https://example.org/u.git',
	},
	debug: false,
	packages: { adblock: '0.1.0' },
};

/** As the API gives them. */
export const exceptionRows = {
	page: 1,
	perPage: 30,
	totalItems: 3,
	items: [
		{
			id: 'row1',
			collectionId: 'c1',
			collectionName: 'package_exceptions',
			created: '2026-01-01 00:00:00.000Z',
			agent_id: 'agent1',
			lxc_id: '',
			package_name: 'linux-image-*',
			reason: 'A driver of our own',
			user_id: 'user1',
			is_active: true,
			expires_at: '2027-12-31 23:59:59.000Z',
		},
		{ agent_id: 'agent1', lxc_id: 'lxc101', package_name: 'nginx', user_id: 'user1', expires_at: '' },
		{ agent_id: 'agent1', lxc_id: 'k3j2', package_name: 'redis', is_active: true, expires_at: '2027-02-28' },
	],
};

export const patchRows = [
	{
		collectionName: 'patch_schedules',
		agent_id: 'agent1',
		cron_expression: '0 3 * * 0',
		is_active: true,
		next_run_at: 'x',
	},
	{ collectionName: 'patch_schedules', agent_id: 'agent2', cron_expression: '@daily', is_active: false },
	{ collectionName: 'patch_schedules', agent_id: 'agent3', cron_expression: '0 3 1 * SUN', is_active: true },
	{ collectionName: 'patch_schedules', agent_id: 'agent4', cron_expression: '0 3 30 2 *', is_active: true },
	{ collectionName: 'patch_operations', agent_id: 'agent1', mode: 'apply', status: 'completed' },
	{ agent_id: 'agent1', colour: 'blue' },
];

export const rebootRows = [
	{ agent_id: 'agent1', cron_expression: '0 4 * * 0', reason: 'Weekly', is_active: true },
	{ agent_id: 'agent5', cron_expression: '0 4 * * 0', reason: 'Weekly', is_active: true },
];
