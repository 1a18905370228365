import type { Digest, HostName, JobKey, RepoPath, RunId, UnitAddress } from './brand.ts';
import type { Trace } from './condition.ts';
import type { Span } from './diagnostic.ts';
import type { HostFacts } from './host-facts.ts';
import type { HostPlace } from './inventory.ts';
import type { PoolWork } from './pool-work.ts';
import type { SecretSource, SecretText } from './secret.ts';
import type { UnifiedDiff } from './unified-diff.ts';
import type { Become, InterruptedPolicy, Phase, Pool, RunPolicy, Verify } from './unit.ts';

/** What would happen to one unit on one host, and always why. Each `because` is one clause without a full stop. */
export type Decision =
	/** It will run. `attempt` > 1 after a failure or an interruption. */
	| { readonly kind: 'run'; readonly because: string }
	/** Its condition does not hold. */
	| { readonly kind: 'skip'; readonly because: string }
	/** A receipt on the host says that this very content has been done. */
	| { readonly kind: 'done'; readonly because: string }
	/** Done once with other content; `run: on_change` would run it again. */
	| { readonly kind: 'changed_since'; readonly because: string }
	/** An earlier start has no known end and the policy says that a person decides. */
	| { readonly kind: 'ask'; readonly because: string }
	/** It cannot be decided: the condition could not be evaluated and its fallback is `fail`. */
	| { readonly kind: 'fail'; readonly because: string }
	/** What it hangs on is not in the saved facts that the plan was made from: only a look at the host can tell. */
	| { readonly kind: 'unknown'; readonly because: string }
	/** What it needs will not succeed. */
	| { readonly kind: 'blocked'; readonly because: string; readonly by: UnitAddress }
	/** Somebody's change on the host stands in the way, and the playbook says that it stays. */
	| { readonly kind: 'conflict'; readonly because: string }
	/** It must not run: not pinned, digest mismatch. */
	| { readonly kind: 'refused'; readonly because: string };

/** What a host is asked to run, without the bytes: those are read again and compared by digest when the bundle is made. */
export interface Job {
	readonly key: JobKey;
	/** 1 for the first start of this content on this host. The host refuses an attempt that someone else has claimed. */
	readonly attempt: number;
	readonly script: { readonly path: RepoPath; readonly digest: Digest; readonly interpreter: readonly string[] };
	/** `undo`: takes back what an earlier job of the same unit did · `adopt`: runs nothing, records on a person's word that it was done. */
	readonly purpose: 'do' | 'undo' | 'adopt';
	/** The job whose receipt an undo turns to `undone`. */
	readonly undoes?: JobKey;
	/** The plan goes on although the end of an earlier start is unknown; else the host refuses when it finds one. */
	readonly despiteUnknown: boolean;
	readonly env: Readonly<Record<string, string>>;
	/** With holes where secrets go: their values are put in when the work is sent. */
	readonly stdin?: string | SecretText;
	readonly timeoutMs: number;
	/** Services restarted once at the end of the host's work when this job changed something. */
	readonly restarts: readonly string[];
	/** For a pool: what becomes of which file; its `script` is the manifest made from this. */
	readonly pool?: PoolWork;
	/** For the commands at the end: what they decide about. */
	readonly onFailure?: Verify['onFailure'];
}

/** One print that a decision was made from. The host and `apply FILE` compare it byte for byte before acting. */
export interface Observation {
	/** The fact's name, as people read it: `binary_version /usr/bin/git`. */
	readonly fact: string;
	readonly printed: string;
}

/** Effective values, so that no default stays invisible. */
export interface EffectiveValues {
	readonly run: RunPolicy;
	readonly ifInterrupted: InterruptedPolicy;
	readonly timeoutMs: number;
	readonly become: Become;
	/** For a pool: how long a new connection may take to confirm; 0: none has to. */
	readonly confirmMs?: number;
	/** For a pool: what becomes of it where somebody has changed or deleted a file. */
	readonly onCustomised?: Pool['onCustomised'];
	readonly onDeleted?: Pool['onDeleted'];
	readonly together?: boolean;
	/** For a pool: how many of its changes can be taken back on a host. */
	readonly keep?: number;
}

export interface PlannedUnit {
	readonly address: UnitAddress;
	readonly phase: Phase;
	readonly at: Span;
	readonly description?: string;
	readonly decision: Decision;
	/** Decided again on the host's word after a unit before it has run: its condition may have changed by then. */
	readonly recheck: boolean;
	/** Units of the same host that must have succeeded first. */
	readonly needs: readonly UnitAddress[];
	/** Units that must have succeeded on every host they are planned for. */
	readonly barriers: readonly UnitAddress[];
	/** For a restart: the units of the same host that ask for it when they change something. */
	readonly after: readonly UnitAddress[];
	/** 0, or one more than the latest barrier above it: hosts wait for each other between stages. */
	readonly stage: number;
	readonly effective: EffectiveValues;
	readonly observations: readonly Observation[];
	readonly trace: readonly Trace[];
	/** Present for every decision that may lead to a run. */
	readonly job?: Job;
	/** Things a person should know beside the decision: `changed since it ran on …`. */
	readonly notes: readonly string[];
	/** For a pool: each of its files on this host. */
	readonly files?: readonly PlannedFile[];
}

/** What becomes of one file of a pool, and why. */
export interface PlannedFile {
	/** Where the bytes are, or will be. */
	readonly dest: string;
	/** The destination of the playbook, where that is a link and leads to `dest`. */
	readonly link?: string;
	readonly action: FileAction;
	/** One clause without a full stop. */
	readonly because: string;
	/** Somebody has changed it since it was put there. */
	readonly customised?: true;
	/** Of what is there, when there is something that could be read. */
	readonly was?: Digest;
	/** Of what will be there; absent where nothing is put there. */
	readonly digest?: Digest;
	/** From what is there to what will be, or would be; absent where nobody has seen the bytes. Secrets are masked. */
	readonly diff?: UnifiedDiff;
}

/**
 * same · create · replace · merge: somebody's change is carried over · remove, restore: by an undo. With one of these the whole pool
 * is left as it is: skip: it is not there, so the pool is not for this host · keep: somebody's change stays · fail · refuse: it cannot
 * be replaced safely.
 */
export type FileAction =
	| 'same'
	| 'create'
	| 'replace'
	| 'merge'
	| 'remove'
	| 'restore'
	| 'skip'
	| 'keep'
	| 'fail'
	| 'refuse';

/** What a person should know of a host, in one clause; a run tells it again as an event `warning` with this code. */
export interface HostWarning {
	readonly code: 'clock_skew' | 'memory_lost';
	readonly message: string;
}

export type PlannedHost =
	| {
			readonly name: HostName;
			readonly reached: true;
			/** To find it again when the inventory is not at hand. */
			readonly place: HostPlace;
			readonly facts: HostFacts;
			/** Present where it took another way than the usual one: `openssh (its ssh config has a ProxyCommand)`. */
			readonly by?: string;
			readonly units: readonly PlannedUnit[];
			/** Present where there is something to know before anything is done. */
			readonly warnings?: readonly HostWarning[];
	  }
	| { readonly name: HostName; readonly reached: false; readonly because: string; readonly units: readonly [] };

/** Plain data: survives JSON unchanged, and is a pure function of the repository, what the hosts showed, and the request. */
export interface Plan {
	readonly format: 'hsctl/plan/v1';
	readonly playbook: { readonly name: string; readonly file: string };
	readonly purpose: 'do' | 'undo';
	/** RFC 3339 UTC. Not part of the fingerprint. */
	readonly createdAt: string;
	/** What was asked for, to make the same plan again. */
	readonly request: PlanRequest;
	/** Where the secrets come from that its jobs take, by name. */
	readonly secrets: Readonly<Record<string, SecretSource>>;
	readonly hosts: readonly PlannedHost[];
	readonly counts: PlanCounts;
	/** SHA-256 over everything a decision used. */
	readonly fingerprint: string;
	/** Of a plan that hosts have remembered: by name, what tells a secret that a job took from another one. */
	readonly secretSums?: Readonly<Record<string, string>>;
	/** Present when no host was looked at: it can be read, and not be applied. */
	readonly savedFacts?: SavedFactsUsed;
}

/** What a plan was made from instead of a look at the hosts. */
export interface SavedFactsUsed {
	/** As the person named it. */
	readonly folder: string;
	/** When the oldest that was used was taken: RFC 3339 UTC; absent when there were none. */
	readonly oldest?: string;
}

/** A person's word on a start whose end nobody saw. */
export type Answer = 'retry' | 'done';

export interface PlanRequest {
	/** Paths as given by the person. */
	readonly playbook: string;
	readonly inventory?: string;
	readonly limit?: string;
	readonly tags: readonly string[];
	readonly targets: readonly string[];
	readonly set: Readonly<Record<string, string>>;
	/** `hotfix.x=retry`: a person's word on interrupted units. */
	readonly answers: Readonly<Record<string, Answer>>;
	/** For an undo: takes back what this run has changed, and no other's work. */
	readonly ofRun?: RunId;
}

export type PlanCounts = Readonly<Record<Decision['kind'], number>> & {
	readonly hosts: number;
	readonly unreachable: number;
};
