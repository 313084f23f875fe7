// The completion scripts for shells: each calls `outdial __complete` with the words so far. A line of the answer is a word, a tab
// and its meaning; a single `:file` means that a file name is expected.

export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;
type Shell = (typeof SHELLS)[number];

const BASH = `_outdial() {
  local IFS=$'\\n' line words=()
  COMPREPLY=()
  while IFS=$'\\t' read -r line _; do
    if [[ $line == :file ]]; then
      compopt -o filenames 2>/dev/null
      COMPREPLY+=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
    else
      COMPREPLY+=("$line")
    fi
  done < <(outdial __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _outdial outdial
`;

const ZSH = `#compdef outdial
_outdial() {
  local -a found
  local word help file=0
  while IFS=$'\\t' read -r word help; do
    if [[ $word == :file ]]; then file=1; else found+=("\${word//:/\\\\:}:$help"); fi
  done < <(outdial __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( \${#found} )) && _describe outdial found
  (( file )) && _files
}
compdef _outdial outdial
`;

const FISH = `function __outdial_complete
  set -l words (commandline -opc)[2..-1] (commandline -ct)
  for line in (outdial __complete -- $words 2>/dev/null)
    if test "$line" = :file
      __fish_complete_path (commandline -ct)
    else
      echo $line
    end
  end
end
complete -c outdial -f -a '(__outdial_complete)'
`;

const POWERSHELL = `Register-ArgumentCompleter -Native -CommandName outdial -ScriptBlock {
  param($word, $ast, $position)
  $words = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  $new = if ($word -eq '') { @('--new') } else { @() }
  outdial __complete @new -- @words 2>$null | ForEach-Object {
    $part, $help = $_ -split "\`t", 2
    if ($part -eq ':file') {
      Get-ChildItem -Path "$word*" -ErrorAction SilentlyContinue | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_.Name, $_.Name, 'ProviderItem', $_.Name)
      }
    } else {
      if (-not $help) { $help = $part }
      [System.Management.Automation.CompletionResult]::new($part, $part, 'ParameterValue', $help)
    }
  }
}
`;

/** The script of a shell. */
export const COMPLETION_SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH, powershell: POWERSHELL };
