/** How the place looks that text is made for. */
export interface TextLook {
	/** Cells of a line. */
	readonly columns: number;
	readonly color: boolean;
	/** Whether glyphs outside ASCII can be shown. */
	readonly unicode: boolean;
}

/** The only way of an output to the world. What `write` throws (EPIPE) goes up: the bus decides what it means. */
export interface TextOut extends TextLook {
	write(text: string): void;
}
