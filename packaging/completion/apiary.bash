# Completion of apiary(8) for bash. What lies between the lines "generated: ..." is written by
# tools/generate from the program itself.

declare -A _apiary_subcommands _apiary_options _apiary_values _apiary_arguments
# generated: tables
_apiary_commands='run spawner doctor check audit explain topology fmt replay personality ctl top web events report help version'
_apiary_subcommands['personality']='list search show'
_apiary_options['run']='-h --help -f --file -i --interface --io --arp --threads --key --daemon-user --allow-spoof
  --exit-if-gone --service-user --allow-uid --service-uids --contain --spawner
  --allow-asymmetric --control --web --web-token --web-group --events -l --packet-log -s
  --service-log --syslog --store --sink --store-max-age --store-max-size --rotate-size
  --rotate-time --disk-budget --capture --capture-filter --quarantine --quarantine-max-size
  --personalities --os-signatures'
_apiary_values['run']='-f=file --file=file -i=interface --interface=interface
  --io=words:packet,xdp,xdp-generic,tun --arp=words:ask,force,off --threads=none --key=none
  --daemon-user=user --service-user=user --allow-uid=none --service-uids=none
  --contain=words:required,best-effort,off --spawner=file --control=file --web=none
  --web-token=file --web-group=none --events=file -l=file --packet-log=file -s=file
  --service-log=file --syslog=words:unix:/dev/log,udp:,tcp: --store=file
  --sink=words:json:,store:,honeyd-packets:,honeyd-services:,syslog+unix:,syslog+udp:,syslog+tcp:
  --store-max-age=none --store-max-size=none --rotate-size=none --rotate-time=none
  --disk-budget=none --capture=file --capture-filter=none --quarantine=file
  --quarantine-max-size=none --personalities=file --os-signatures=file'
_apiary_arguments['run']='none'
_apiary_options['spawner']='-h --help -f --file --service-user --allow-uid --service-uids --contain'
_apiary_values['spawner']='-f=file --file=file --service-user=user --allow-uid=none --service-uids=none
  --contain=words:required,best-effort,off'
_apiary_options['doctor']='-h --help -f --file -i --interface --control --service-user --allow-uid --service-uids
  --contain --allow-asymmetric --json --personalities'
_apiary_values['doctor']='-f=file --file=file -i=interface --interface=interface --control=file --service-user=user
  --allow-uid=none --service-uids=none --contain=words:required,best-effort,off
  --personalities=file'
_apiary_arguments['doctor']='none'
_apiary_options['check']='-h --help --json --strict --service-user --allow-uid --personalities'
_apiary_values['check']='--service-user=user --allow-uid=none --personalities=file'
_apiary_arguments['check']='file'
_apiary_options['audit']='-h --help --live -i --interface --rate --listen --clock-span --hosts --run-services --key
  --json --personalities'
_apiary_values['audit']='-i=none --interface=none --rate=none --listen=none --clock-span=none --hosts=none
  --key=none --personalities=file'
_apiary_arguments['audit']='file none'
_apiary_options['explain']='-h --help --from --from-os --key --contain --allow-spoof --personalities'
_apiary_values['explain']='--from=none --from-os=none --key=none --contain=words:required,best-effort,off
  --personalities=file'
_apiary_arguments['explain']='file none words:tcp,udp,icmp none'
_apiary_options['topology']='-h --help --all --dot --svg --personalities'
_apiary_values['topology']='--personalities=file'
_apiary_arguments['topology']='file'
_apiary_options['fmt']='-h --help -w --write'
_apiary_arguments['fmt']='file'
_apiary_options['replay']='-h --help -f --file -o --output --net --key --seed --personalities'
_apiary_values['replay']='-f=file --file=file -o=file --output=file --net=none --key=none --seed=none
  --personalities=file'
_apiary_arguments['replay']='file'
_apiary_options['personality list']='-h --help --personalities'
_apiary_values['personality list']='--personalities=file'
_apiary_options['personality search']='-h --help --personalities'
_apiary_values['personality search']='--personalities=file'
_apiary_arguments['personality search']='personality'
_apiary_options['personality show']='-h --help --personalities'
_apiary_values['personality show']='--personalities=file'
_apiary_arguments['personality show']='personality'
_apiary_options['ctl']='-h --help --socket --json'
_apiary_values['ctl']='--socket=file'
_apiary_arguments['ctl']='words:status,hosts,leases,connections,activity,dump,reload,rotate,help,add,annotate,bind,broadcast,clone,create,debug,delete,dhcp,dynamic,include,list,option,route,set'
_apiary_options['top']='-h --help --socket --once'
_apiary_values['top']='--socket=file'
_apiary_options['web']='-h --help --port'
_apiary_values['web']='--port=none'
_apiary_arguments['web']='none'
_apiary_options['events']='-h --help --store -f --follow --since --source --host --port --files --type --json'
_apiary_values['events']='--store=file --since=none --source=none --host=none --port=none
  --type=words:contact,contact_end,flow_start,flow_end,note,attempt,file,credential,payload,scan,icmp,address_in_use,lease,daemon,limit,events_lost,packets_lost,packet'
_apiary_options['report']='-h --help --store --since -o --output --audit'
_apiary_values['report']='--store=file --since=none -o=file --output=file --audit=none'
_apiary_options['help']='-h --help'
_apiary_arguments['help']='words:run,spawner,doctor,check,audit,explain,topology,fmt,replay,personality,ctl,top,web,events,report,help,version'
_apiary_options['version']='-h --help'
# generated: end

_apiary_offer() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$word"); }

_apiary_files() {
  compopt -o filenames
  mapfile -t COMPREPLY < <(compgen -f -- "$word")
}

# The names of operating systems that begin as the word does, quoted as the shell wants them.
_apiary_personality_names() {
  local program=$1 name
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

# Completes the word with what an option or an argument takes.
_apiary_complete() {
  case $1 in
    file) _apiary_files ;;
    interface) _apiary_offer "$(ls /sys/class/net) tun:" ;;
    user) mapfile -t COMPREPLY < <(compgen -u -- "$word") ;;
    personality) _apiary_personality_names "${COMP_WORDS[0]}" ;;
    words:*) _apiary_offer "$(tr , ' ' <<<"${1#words:}")" ;;
  esac
}

# Prints what an option of a command takes; fails if it is a flag, or no option.
_apiary_value() {
  local each
  for each in ${_apiary_values[$1]-}; do
    [[ $each == "$2="* ]] && echo "${each#*=}" && return
  done
  return 1
}

# Prints how many arguments of the command stand before the word.
_apiary_position() {
  local i position=0
  for ((i = $2; i < COMP_CWORD; ++i)); do
    if [[ ${COMP_WORDS[i]} == -* ]]; then
      _apiary_value "$1" "${COMP_WORDS[i]}" >/dev/null && ((++i))
    else
      ((++position))
    fi
  done
  echo $position
}

_apiary() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}
  local first=2 takes arguments
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    _apiary_offer "$_apiary_commands --help --version"
    return
  fi
  if [[ ${_apiary_subcommands[$command]-} ]]; then
    if ((COMP_CWORD == 2)); then
      _apiary_offer "${_apiary_subcommands[$command]}"
      return
    fi
    command+=" ${COMP_WORDS[2]}"
    first=3
  fi
  # --arp=off is three words to bash.
  [[ $before == = ]] && before=${COMP_WORDS[COMP_CWORD-2]}
  [[ $word == = ]] && word=
  if takes=$(_apiary_value "$command" "$before"); then
    _apiary_complete "$takes"
  elif [[ $word == -* ]]; then
    _apiary_offer "${_apiary_options[$command]-}"
  else
    read -r -d '' -a arguments <<<"${_apiary_arguments[$command]-}"
    _apiary_complete "${arguments[$(_apiary_position "$command" "$first")]-none}"
  fi
}
complete -F _apiary apiary
