#!/bin/bash
# A fingerprint's name in nmap-os-db is no key: 508 names head 2,406 of its 5,678 entries.
#
# Version: nmap-common 7.93+dfsg1-1 (Debian 12)
# Behaviour: nmap prints the name as "OS details", so one expects a name to lead to one
#   fingerprint. It does not: "Microsoft Windows XP SP3" heads 116 entries that differ. Nor does a
#   name settle the device: 35 repeated names have entries with differing Class lines. A program
#   that reads the file into a map by name keeps one entry of each and loses a third of the data.
# Output seen:
#   5678 entries, 508 repeated names on 2406 entries, 35 of these names with differing classes,
#   at most 116 entries of one name
# Source: measured; the database's format is in nmap's reference, "OS detection"
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && apt-get -qq -o APT::Sandbox::User=root download nmap-common=7.93+dfsg1-1)
dpkg -x "$folder"/*.deb "$folder/root"
seen=$(awk '
  function close_entry() { if (name != "") { count[name]++; if (count[name] == 1) classes[name] = class; else if (classes[name] != class) differ[name] = 1 } }
  /^Fingerprint /{ close_entry(); name = substr($0, 13); class = ""; entries++ }
  /^Class /{ class = class $0 "\n" }
  END {
    close_entry()
    for (n in count) if (count[n] > 1) { repeated++; of += count[n]; if (n in differ) other++; if (count[n] > most) most = count[n] }
    printf "%d entries, %d repeated names on %d entries, %d of these names with differing classes, at most %d entries of one name\n", entries, repeated, of, other, most
  }' "$folder/root/usr/share/nmap/nmap-os-db")
echo "$seen"
[[ $seen == "5678 entries, 508 repeated names on 2406 entries, 35 of these names with differing classes, at most 116 entries of one name" ]]
