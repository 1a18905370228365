/**
 * What a command line does, as far as its words tell. `check`: it looks and changes nothing. `activation`: it puts files into use,
 * and may be run again for that. `effect`: anything else.
 */
export type CommandKind = 'check' | 'activation' | 'effect';

/** The worst of the commands that the line is made of. What cannot be made out is an effect. */
export function commandKind(line: string): CommandKind {
	const parts = partsOf(line);
	if (parts === undefined) return 'effect';
	const kinds = parts.map(kindOfPart);
	if (kinds.includes('effect')) return 'effect';
	return kinds.includes('activation') ? 'activation' : 'check';
}

/** The words of each command of the line; `undefined` where it holds more than commands joined by `;`, `&&`, `||` and `|`. */
function partsOf(line: string): readonly (readonly string[])[] | undefined {
	const parts: string[][] = [[]];
	for (const { 0: token } of line.matchAll(tokens)) {
		if (/^(?:&&|\|\||[;|\n])$/.test(token)) parts.push([]);
		else if (/^[&`(){}]/.test(token) || /\$\(|`/.test(token)) return undefined;
		else if (/^\d?>/.test(token) && !/^\d?>+ *(?:\/dev\/null|&\d)$/.test(token)) return undefined;
		else if (!/^\d?>/.test(token)) parts.at(-1)?.push(token.replace(/^(["'])([^"']*)\1$/, '$2'));
	}
	return parts.filter(part => part.length > 0);
}

const tokens = /&&|\|\||\d?>>?\s*(?:&\d|[^\s;|&]*)|[;|\n&(){}]|(?:"[^"]*"|'[^']*'|\$+\{\w+\}|[^\s;|&(){}"'>])+/g;

/** Without `sudo`, `timeout 5`, `env`, and values for the environment. */
function strip(words: readonly string[]): readonly string[] {
	const [first = '', ...rest] = words;
	if (/^[A-Za-z_]\w*=/.test(first) || ['sudo', 'env', 'exec', 'nohup', '!'].includes(first)) return strip(rest);
	if (first === '-n' || first === '--') return strip(rest);
	return first === 'timeout' ? strip(rest.slice(rest.findIndex(word => !word.startsWith('-')) + 1)) : words;
}

function kindOfPart(words: readonly string[]): CommandKind {
	const [program = '', ...rest] = strip(words);
	const args = rest.join(' ');
	const name = program.slice(program.lastIndexOf('/') + 1);
	if (name === '') return 'check';
	if (looking.has(name) || /^(?:--version|-V)$/.test(args)) return 'check';
	if (checks.some(([which, how]) => which === name && how.test(args))) return 'check';
	return activations.some(([which, how]) => which === name && how.test(args)) ? 'activation' : 'effect';
}

/** Programs that change nothing, whatever their arguments. */
const looking: ReadonlySet<string> = new Set(
	(
		'true false : exit return test [ [[ echo printf ls stat cat head tail wc grep egrep fgrep pgrep ps id which type sleep df du mountpoint ' +
		'findmnt lsblk getent hostname uname uptime whoami date file readlink realpath basename dirname cmp diff jq pg_isready ping ' +
		'dig host nslookup journalctl ss netstat named-checkconf named-checkzone unbound-checkconf cd wait'
	).split(' '),
);

type Rule = readonly [program: string, args: RegExp];

const checks: readonly Rule[] = [
	['systemctl', /^(?:-\S+ )*(?:is-active|is-enabled|is-failed|is-system-running|status|show|cat|list-\S+)\b/],
	['service', /^\S+ status$/],
	['command', /^-[vV] /],
	['curl', /^(?!.*(?:^| )(?:-[A-Za-z]*[OdFTX]|-o (?!\/dev\/null)|--(?:data|request|upload|output|form|remote-name)))/],
	['wget', /(?:^| )(?:--spider|-q?O ?(?:-|\/dev\/null))(?: |$)/],
	['nginx', /^-[tTq]+(?: |$)/],
	['apachectl', /^(?:configtest|-t)$/],
	['apache2ctl', /^(?:configtest|-t)$/],
	['sshd', /^-t/],
	['visudo', /^(?:-\S+ )*-\w*c/],
	['systemd-analyze', /^verify\b/],
	['nft', /^(?:-\S+ )*-\w*c/],
	['haproxy', /(?:^| )-c(?: |$)/],
	['sha256sum', /(?:^| )(?:-c|--check)(?: |$)/],
	['md5sum', /(?:^| )(?:-c|--check)(?: |$)/],
	['nc', /(?:^| )-\w*z/],
	['sh', /^-n /],
	['bash', /^-n /],
	['node', /^--check /],
	['php', /^-l /],
	['python3', /^-m (?:json\.tool|py_compile)\b/],
	['python', /^-m (?:json\.tool|py_compile)\b/],
];

const activations: readonly Rule[] = [
	[
		'systemctl',
		/^(?:-\S+ )*(?:restart|reload|try-restart|try-reload-or-restart|reload-or-restart|start|enable|daemon-reload|reset-failed)\b/,
	],
	['service', /^\S+ (?:restart|reload|force-reload|start)$/],
	['rc-service', /^\S+ (?:restart|reload|start)$/],
	['nginx', /^-s reload$/],
	['apachectl', /^(?:graceful|restart)$/],
	['apache2ctl', /^(?:graceful|restart)$/],
	['npm', /^(?:ci|install|build|run)\b/],
	['yarn', /^(?:install|build|run)?\b/],
	['pnpm', /^(?:install|build|run)\b/],
	['make', /^(?:-C \S+ ?)?(?:all|build)?$/],
	['sysctl', /^(?:--system|-p)\b/],
	['ldconfig', /^/],
	['udevadm', /^control\b/],
	['systemd-tmpfiles', /^--create\b/],
	['update-ca-certificates', /^/],
	['newaliases', /^/],
	['exportfs', /^-ra?\b/],
	['nft', /^-f /],
];
