/** A shell file imported as its text: the build and the test runner both load `.sh` that way. */
declare module '*.sh' {
	const text: string;
	export default text;
}
