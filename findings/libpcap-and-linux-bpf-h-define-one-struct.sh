#!/bin/bash
# <pcap/pcap.h> and <linux/bpf.h> cannot be included in one source file.
#
# Version: libpcap0.8-dev 1.10.3-1, linux-libc-dev 6.1.192-2 (Debian 12)
# Behaviour: a program that writes captures with libpcap and steers packets with XDP expects to include both
#   headers. Both define struct bpf_insn: libpcap that of the classic BPF of BSD (code, jt, jf, k), the kernel
#   that of eBPF (code, registers, off, imm). The order does not matter. Classic filters in
#   <linux/filter.h> are a struct sock_filter and do not conflict, so the error comes only with XDP.
# Output seen:
#   pcap and filter: compiles
#   pcap and bpf: error: redefinition of 'struct bpf_insn'
#   bpf and pcap: error: redefinition of 'struct bpf_insn'
# Source: measured; pcap/bpf.h and linux/bpf.h
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && apt-get -qq -o APT::Sandbox::User=root download libpcap0.8-dev=1.10.3-1 linux-libc-dev=6.1.192-2)
for package in "$folder"/*.deb; do dpkg -x "$package" "$folder/root"; done
include=$folder/root/usr/include

compile() {  # NAME HEADER...
  local name=$1 said
  shift
  if said=$(printf '#include <%s>\n' "$@" |
    LC_ALL=C gcc -fsyntax-only -isystem "$include" -isystem "$include/x86_64-linux-gnu" -x c - 2>&1); then
    echo "$name: compiles"
  else
    echo "$name: $(grep -om1 "error: redefinition of .*" <<<"$said")"
  fi
}
{
  compile "pcap and filter" pcap/pcap.h linux/filter.h
  compile "pcap and bpf" pcap/pcap.h linux/bpf.h
  compile "bpf and pcap" linux/bpf.h pcap/pcap.h
} | tee "$folder/seen"
diff - "$folder/seen" <<'SEEN'
pcap and filter: compiles
pcap and bpf: error: redefinition of 'struct bpf_insn'
bpf and pcap: error: redefinition of 'struct bpf_insn'
SEEN
