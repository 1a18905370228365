/** One path has one spelling, or two files of a playbook could be one file of the host. */
export const isPlainPath = (path: string): boolean => !/(^|\/)\.{1,2}(\/|$)|\/\/|.\/$/.test(path);
