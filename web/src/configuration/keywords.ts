/** The words of the language. Written by tools/generate from src/config/{keywords.cc,traits.h}. */
export const keywords: ReadonlySet<string> = new Set(
  (
    'add annotate bind broadcast clone create debug delete dhcp dynamic include list option ' +
    'route set block closed filtered internal open proxy reset tarpit action bandwidth between ' +
    'checksum default drop droprate dstport duplicate egress entry ethernet finscan fragment ' +
    'from gemodel gid icmp if in ip jitter key latency link loss maxcpu maxfds maxfilesize ' +
    'maxmemory maxoutput maxprocesses maxtime ms mtu name net network new no none normal old on ' +
    'os otherwise pareto personality port proto proxy-protocol random reorder restart seed ' +
    'shared source spoof srcport subsystem syn tcp time to transparent tunnel udp uid uniform ' +
    'unreach uptime use'
  ).split(' '),
);
