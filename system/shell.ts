/** A string as one word of a shell command, whatever characters it has. @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_02 */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A command line of these words for a shell. */
export const commandLine = (...words: readonly string[]): string => words.map(quoted).join(" ");

/** A line with which a shell exports a variable. */
export const exported = (name: string, value: string): string => `export ${name}=${quoted(value)}`;
