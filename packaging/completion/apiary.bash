# Completion of apiary(8) for bash.

# Names of personalities. They have blanks and parentheses: as if files, so that they are quoted.
_apiary_personality() {
  local word=${COMP_WORDS[COMP_CWORD]#[\"\']} name
  word=${word//\\/}
  compopt -o filenames 2>/dev/null
  while IFS= read -r name; do
    [[ $name != "$word"* ]] || COMPREPLY+=("$name")
  done < <(apiary personality list 2>/dev/null)
}

_apiary() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}
  local options=
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W "run doctor check explain topology fmt replay personality ctl --help --version" -- "$word")
    return
  fi
  case $before in
    -i|--interface)
      mapfile -t COMPREPLY < <(compgen -W "$(ls /sys/class/net) tun:" -- "$word")
      return ;;
    --arp)
      mapfile -t COMPREPLY < <(compgen -W "ask force off" -- "$word")
      return ;;
    --service-user|--daemon-user)
      mapfile -t COMPREPLY < <(compgen -u -- "$word")
      return ;;
    --key|--seed|--net|--from) return ;;
  esac
  case $command in
    run) options="--file --interface --arp --key --service-user --daemon-user" ;;
    doctor) options="--file --interface --control --json" ;;
    check) options="--json --strict --service-user" ;;
    explain) options="--from --key" ;;
    topology) options="--all --dot --svg" ;;
    fmt) options="--write --help" ;;
    replay) options="--file --output --net --key --seed" ;;
    personality)
      if ((COMP_CWORD == 2)); then
        mapfile -t COMPREPLY < <(compgen -W "list search show" -- "$word")
        return
      elif [[ ${COMP_WORDS[2]} == show && $word != -* ]]; then
        _apiary_personality
        return
      fi ;;
  esac
  if [[ $word == -* ]]; then
    [[ $command == fmt ]] || options+=" --personalities --help"
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
  elif [[ $command == explain ]] && ((COMP_CWORD >= 4)); then
    mapfile -t COMPREPLY < <(compgen -W "tcp udp icmp" -- "$word")
  else
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}
complete -F _apiary apiary
