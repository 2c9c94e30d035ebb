# Completion of apiary(8) for bash.

# The names of operating systems that begin as the word does, quoted as the shell wants them.
_apiary_personality_names() {
  local program=$1 word=$2 name
  local quote=${word:0:1}
  [[ $quote == [\'\"] ]] || quote=
  local begin=${word#"$quote"}
  [[ $quote ]] || begin=${begin//\\/}
  while IFS= read -r name; do
    [[ $name == "$begin"* ]] || continue
    [[ $quote ]] || printf -v name %q "$name"
    COMPREPLY+=("$name")
  done < <("$program" personality list 2>/dev/null)
}

_apiary() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}
  local options= words=
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W "run doctor check explain topology fmt replay personality ctl events report
      --help --version" -- "$word")
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
    --type)
      mapfile -t COMPREPLY < <(compgen -W "contact contact_end flow_start flow_end note credential
        payload scan icmp address_in_use lease daemon limit events_lost" -- "$word")
      return ;;
    --syslog)
      mapfile -t COMPREPLY < <(compgen -W "unix:/dev/log udp: tcp:" -- "$word")
      return ;;
    --key|--seed|--net|--from|--since|--source|--host|--port|--rotate-*|--disk-budget|--store-*|--capture-filter|--web)
      return ;;
  esac
  case $command in
    run) options="--file --interface --arp --key --service-user --daemon-user --allow-spoof --control --events
      --rotate-size --rotate-time --disk-budget --store --store-age --store-size --packet-log
      --service-log --syslog --capture --capture-filter --web --web-token" ;;
    top) options="--socket --once" ;;
    events) options="--store --follow --since --source --host --port --type --json" ;;
    report) options="--store --since --output" ;;
    doctor) options="--file --interface --control --json" ;;
    check) options="--json --strict --service-user" ;;
    explain) options="--from --key --allow-spoof" ;;
    topology) options="--all --dot --svg" ;;
    fmt) options="--write" ;;
    replay) options="--file --output --net --key --seed" ;;
    ctl) options="--socket --json" ;;
  esac
  if [[ $word == -* ]]; then
    [[ $command == @(fmt|ctl|events|top|report) ]] || options+=" --personalities"
    mapfile -t COMPREPLY < <(compgen -W "$options --help" -- "$word")
    return
  fi
  case $command in
    personality)
      if ((COMP_CWORD == 2)); then
        words="list search show"
      elif [[ ${COMP_WORDS[2]} == show ]]; then
        _apiary_personality_names "${COMP_WORDS[0]}" "$word"
        return
      fi ;;
    ctl)
      [[ $before == @(ctl|--json) ]] && words="status hosts connections dump reload rotate help add annotate
        bind broadcast clone create delete dhcp dynamic include option route set" ;;
    explain) ((COMP_CWORD >= 4)) && words="tcp udp icmp" ;;
  esac
  if [[ $words ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
  elif [[ $command != @(personality|ctl) || $before == --@(socket|personalities) ]]; then
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}
complete -F _apiary apiary
