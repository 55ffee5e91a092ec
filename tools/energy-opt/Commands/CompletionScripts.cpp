//===- CompletionScripts.cpp - Completion for bash, zsh and fish ----------===//
//
// Each script is a frame around tables made of the registry of options. Names
// that are many (targets, regions, checks) the scripts ask the program for.
//
//===----------------------------------------------------------------------===//

#include "Commands/Completion.h"

#include "Options/OptionFacts.h"

#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace energyopt {

static constexpr StringLiteral kModels = "onnx onnxtxt textproto mlir mlirbc";

/// `text` in single quotes, for any of the shells.
static std::string quoted(StringRef text, StringRef quoteInside) {
  std::string out = "'";
  for (char c : text)
    out += c == '\'' ? quoteInside.str() : std::string(1, c);
  return out + "'";
}

static std::string commandNames() {
  std::string names;
  for (const CommandFacts &facts : allCommands())
    names += (names.empty() ? "" : " ") + facts.name.str();
  return names;
}

/// Words that can be an argument of a subcommand, if they are known.
static std::string argumentWords(Command command) {
  if (command == Command::Help)
    return commandNames();
  return command == Command::Completion ? "bash zsh fish targets regions checks ops" : "";
}

static Names argumentNames(Command command) {
  if (command == Command::Targets)
    return Names::Targets;
  return command == Command::Checks ? Names::Checks : Names::None;
}

static std::string alternatives(StringRef words) { return join(split(words, ' '), "|"); }

//===----------------------------------------------------------------------===//
// bash
//===----------------------------------------------------------------------===//

/// What gives the words for a value: "words a b", "names targets", "files".
static std::string bashSource(const OptionFacts &option) {
  switch (option.names) {
  case Names::Fixed:
    return "words " + join(option.fixed, " ");
  case Names::Files:
    return "files";
  case Names::Folders:
    return "folders";
  case Names::None:
    return "nothing";
  default:
    return ("names " + name(option.names)).str();
  }
}

static constexpr StringLiteral kBashHead =
    R"sh(# bash completion of energy-opt; made by: energy-opt completion bash

# Offers words, behind the last comma of a list.
__energy_opt_offer() {
  local list=""
  [[ $cur == *,* ]] && list=${cur%,*},
  COMPREPLY=($(compgen -P "$list" -W "$*" -- "${cur##*,}"))
}

__energy_opt_source() {
  local kind=$1
  shift
  case $kind in
    words) __energy_opt_offer "$@" ;;
    names) __energy_opt_offer "$("${COMP_WORDS[0]}" completion "$1" 2>/dev/null)" ;;
    files) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur")) ;;
    folders) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$cur")) ;;
  esac
}

__energy_opt_models() {
  local file
  compopt -o filenames 2>/dev/null
  while IFS= read -r file; do
    [[ -d $file || ${file##*.} == @(MODELS) ]] && COMPREPLY+=("$file")
  done < <(compgen -f -- "$cur")
}
)sh";

static constexpr StringLiteral kBashTail = R"sh(
_energy_opt() {
  local cur=${COMP_WORDS[COMP_CWORD]} option="" command=analyze word
  COMPREPLY=()
  # The shell breaks --option=value at the sign.
  if [[ $cur == = ]]; then
    option=${COMP_WORDS[COMP_CWORD-1]} cur=""
  elif ((COMP_CWORD > 2)) && [[ ${COMP_WORDS[COMP_CWORD-1]} == = ]]; then
    option=${COMP_WORDS[COMP_CWORD-2]}
  elif ((COMP_CWORD > 1)); then
    option=${COMP_WORDS[COMP_CWORD-1]}
  fi
  ((COMP_CWORD > 1)) && case ${COMP_WORDS[1]} in COMMANDS) command=${COMP_WORDS[1]} ;; esac
  if __energy_opt_value "$command" "$option"; then
    return
  fi
  if [[ $cur == -* ]]; then
    __energy_opt_options "$command"
    [[ ${COMPREPLY[0]-} == *= && ${#COMPREPLY[@]} == 1 ]] && compopt -o nospace 2>/dev/null
    return
  fi
  __energy_opt_argument "$command"
  ((COMP_CWORD == 1)) && COMPREPLY+=($(compgen -W "SUBCOMMANDS" -- "$cur"))
  return 0
}
complete -F _energy_opt energy-opt
)sh";

static std::string filled(StringRef frame, StringRef slot, StringRef text) {
  auto [before, after] = frame.split(slot);
  return (before + text + after).str();
}

void printBashCompletion(raw_ostream &os) {
  os << filled(kBashHead, "MODELS", alternatives(kModels))
     << "\n__energy_opt_options() {\n  case $1 in\n";
  for (const CommandFacts &command : allCommands()) {
    os << "    " << command.name << ") COMPREPLY=($(compgen -W '";
    for (const OptionFacts &option : optionsOf(command.command))
      os << (option.name.size() == 1 ? "-" : "--") << option.name
         << (option.value.empty() || option.name.size() == 1 ? " " : "= ");
    os << "--help' -- \"$cur\")) ;;\n";
  }
  os << "  esac\n}\n\n# Fails if the option takes no value.\n__energy_opt_value() {\n"
        "  case $1:$2 in\n";
  for (const CommandFacts &command : allCommands())
    for (const OptionFacts &option : optionsOf(command.command))
      if (!option.value.empty())
        os << "    " << command.name << ":" << (option.name.size() == 1 ? "-" : "--") << option.name
           << ") __energy_opt_source " << bashSource(option) << " ;;\n";
  os << "    *) return 1 ;;\n  esac\n  return 0\n}\n\n__energy_opt_argument() {\n  case $1 in\n";
  for (const CommandFacts &command : allCommands()) {
    os << "    " << command.name << ") ";
    if (takesModels(command.command))
      os << "__energy_opt_models";
    else if (std::string words = argumentWords(command.command); !words.empty())
      os << "__energy_opt_source words " << words;
    else if (Names names = argumentNames(command.command); names != Names::None)
      os << "__energy_opt_source names " << name(names);
    else
      os << (command.command == Command::Calibrate ? "__energy_opt_source files" : ":");
    os << " ;;\n";
  }
  os << "  esac\n}\n"
     << filled(filled(kBashTail, "COMMANDS", alternatives(commandNames())), "SUBCOMMANDS",
               commandNames());
}

//===----------------------------------------------------------------------===//
// zsh
//===----------------------------------------------------------------------===//

static std::string zshText(StringRef text) {
  std::string out;
  for (char c : text)
    out += (StringRef("[]:\\").contains(c) ? "\\" : "") + std::string(1, c);
  return out;
}

/// The action behind an option of _arguments.
static std::string zshAction(const OptionFacts &option) {
  switch (option.names) {
  case Names::Fixed:
    return "(" + join(option.fixed, " ") + ")";
  case Names::Files:
    return "_files";
  case Names::Folders:
    return "_files -/";
  case Names::None:
    return " ";
  default:
    return ("_energy-opt-names " + name(option.names)).str();
  }
}

static constexpr StringLiteral kZshHead = R"sh(#compdef energy-opt
# zsh completion of energy-opt; made by: energy-opt completion zsh

_energy-opt-names() {
  local -a names
  # What stands before the last argument is for compadd.
  names=(${(f)"$(energy-opt completion $@[-1] 2>/dev/null)"})
  _values -s , name $names
}

_energy-opt() {
  local command=analyze first=$words[2]
  local -a commands
)sh";

static std::string zshArgument(Command command) {
  if (takesModels(command))
    return "'*:model:_files -g \"*.(" + alternatives(kModels) + ")\"'";
  if (std::string words = argumentWords(command); !words.empty())
    return "'1:word:(" + words + ")'";
  if (Names names = argumentNames(command); names != Names::None)
    return ("'1:name:_energy-opt-names " + name(names) + "'").str();
  return command == Command::Calibrate ? "'1:measurements:_files'" : "'*: :'";
}

void printZshCompletion(raw_ostream &os) {
  os << kZshHead << "  commands=(\n";
  for (const CommandFacts &command : allCommands())
    os << "    " << quoted((command.name + ":" + zshText(command.title)).str(), "'\\''") << '\n';
  os << "  )\n  if (( CURRENT > 2 )) && (( ${commands[(I)$first:*]} )); then\n"
        "    command=$first\n    shift words\n    (( CURRENT-- ))\n"
        "  elif (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then\n"
        "    _describe -t commands subcommand commands\n  fi\n  case $command in\n";
  for (const CommandFacts &command : allCommands()) {
    os << "    " << command.name << ")\n      _arguments -S \\\n";
    for (const OptionFacts &option : optionsOf(command.command)) {
      bool isShort = option.name.size() == 1;
      std::string text = "*";
      text += (isShort ? "-" : "--") + option.name.str();
      if (!option.value.empty())
        text += isShort ? "" : "=";
      text += "[" + zshText(option.help) + "]";
      if (!option.value.empty())
        text += ":" + zshText(option.value) + ":" + zshAction(option);
      os << "        " << quoted(text, "'\\''") << " \\\n";
    }
    os << "        '--help[Options and examples]' \\\n        " << zshArgument(command.command)
       << " ;;\n";
  }
  os << "  esac\n}\n\n_energy-opt \"$@\"\n";
}

//===----------------------------------------------------------------------===//
// fish
//===----------------------------------------------------------------------===//

static constexpr StringLiteral kFishHead =
    R"sh(# fish completion of energy-opt; made by: energy-opt completion fish

# Whether the command line is one of these subcommands.
function __energy_opt_is
    set -l words (commandline -opc)
    set -l command analyze
    if contains -- "$words[2]" COMMANDS
        set command $words[2]
    end
    contains -- $command $argv
end

# Lists of names, behind the last comma.
function __energy_opt_names
    set -l list "" (string match -r '^(?:--?[^=]*=)?(.*,)' -- (commandline -ct))
    set list $list[-1]
    for name in (energy-opt completion $argv[1] 2>/dev/null)
        echo $list$name
    end
end

# Models, and the folders that may hold some.
function __energy_opt_models
    for file in (__fish_complete_path (commandline -ct))
        string match -qr '(/|\.(MODELS))(\t|$)' -- $file; and echo $file
    end
end

complete -c energy-opt -f
)sh";

static std::string fishValues(const OptionFacts &option) {
  switch (option.names) {
  case Names::Fixed:
    return " -x -a " + quoted(join(option.fixed, " "), "\\'");
  case Names::Files:
    return " -r -F";
  case Names::Folders:
    return " -x -a '(__fish_complete_directories)'";
  case Names::None:
    return " -x";
  default:
    return (" -x -a '(__energy_opt_names " + name(option.names) + ")'").str();
  }
}

static std::string fishArgument(Command command) {
  if (takesModels(command))
    return "'(__energy_opt_models)'";
  if (std::string words = argumentWords(command); !words.empty())
    return quoted(words, "\\'");
  if (Names names = argumentNames(command); names != Names::None)
    return ("'(__energy_opt_names " + name(names) + ")'").str();
  return command == Command::Calibrate ? "'(__fish_complete_suffix .csv)'" : "";
}

void printFishCompletion(raw_ostream &os) {
  os << filled(filled(kFishHead, "COMMANDS", commandNames()), "MODELS", alternatives(kModels));
  for (const CommandFacts &command : allCommands())
    os << "complete -c energy-opt -n __fish_use_subcommand -a " << command.name << " -d "
       << quoted(command.title, "\\'") << '\n';
  for (const CommandFacts &command : allCommands()) {
    std::string when = ("complete -c energy-opt -n '__energy_opt_is " + command.name + "'").str();
    for (const OptionFacts &option : optionsOf(command.command))
      os << when << (option.name.size() == 1 ? " -s " : " -l ") << option.name
         << (option.value.empty() ? "" : fishValues(option)) << " -d " << quoted(option.help, "\\'")
         << '\n';
    if (std::string words = fishArgument(command.command); !words.empty())
      os << when << " -k -a " << words << '\n';
  }
  os << "complete -c energy-opt -l help -d 'Options and examples'\n";
}

} // namespace energyopt
