/** Asks the person at the terminal. Where nobody is there, there is no such port, and what would be asked is refused with words. */
export interface Ask {
	/** `undefined`: no answer. Questions come one at a time. */
	ask(question: Question): Promise<string | undefined>;
}

export interface Question {
	/** Ends where the answer begins: `Password of root@web1: `. Safe to print. */
	readonly words: string;
	/** The answer is not shown while it is typed. */
	readonly isSecret: boolean;
}
