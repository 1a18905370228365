import type { EventSink } from '../ports/event-sink.ts';
import { oneLineJson } from './text/json.ts';
import type { TextOut } from './text-out.ts';

/** NDJSON: the version line, then each event as it is. `hsctl` is the version of the program. */
export function jsonEventsSink(out: Pick<TextOut, 'write'>, hsctl: string): EventSink {
	let begun = false;
	function begin(): void {
		if (begun) return;
		begun = true;
		out.write(oneLineJson({ type: 'version', format: '1.0', hsctl }));
	}
	return {
		name: 'json',
		kind: 'display',
		take(event) {
			begin();
			out.write(oneLineJson(event));
		},
		close: begin,
	};
}
