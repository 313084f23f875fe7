// The command line's door for the scripts that document it.

export { commandReference } from "./reference.ts";
