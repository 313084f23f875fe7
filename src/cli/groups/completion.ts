// outdial completion, and the command that its scripts call to complete a word.

import { command } from "../command.ts";
import { SHELLS } from "../completion-scripts.ts";
import { choice, flag, many, NOTHING, STORE, text } from "../declare.ts";

export const completion = command("completion", NOTHING, {
  summary: "print the script with which a shell completes commands, options, campaigns and jobs",
  args: [choice("<shell>", SHELLS.join(", "), SHELLS)],
  notes:
    "bash:        source <(outdial completion bash)          in ~/.bashrc\n" +
    "zsh:         source <(outdial completion zsh)           in ~/.zshrc, after compinit\n" +
    "fish:        outdial completion fish | source           in ~/.config/fish/config.fish\n" +
    "PowerShell:  outdial completion powershell | Out-String | Invoke-Expression   in $PROFILE",
});

export const complete = command("__complete", STORE, {
  summary: "possible completions of the last word",
  args: [many(text("[words...]", "the words of the line so far, the one to complete last"))],
  options: [flag("--new", "complete a new, still empty word")],
});
