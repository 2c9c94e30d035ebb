; SYNs of tools and systems that p0f's own signatures do not know, in the syntax of p0f 3 (docs/README of
; p0f, "SYN signatures"). Apiary embeds this file and looks in it where an installed p0f.fp has no exact match,
; or where there is none. Our own words and measurements: nothing here is from p0f.fp.
;
; "Measured" means: sent from Debian 12 in a network namespace on Linux 6.18, 28 November 2026, as p0f's raw_sig
; prints it. Other lines name the public fact that they follow.

[tcp:request]

; Tools. They write their own packets, so that the fields below do not depend on the system they run on.

label = s:!:zmap:2.x
; measured: zmap 2.1.1
sig   = *:255:0:0:65535,0:::0

label = s:!:zmap:3.x
; zmap/zmap, src/probe_modules/packet.c: make_ip_header(), make_tcp_header() and set_mss_option()
sig   = *:255:0:1460:65535,0:mss::0

label = s:!:masscan:1.0-1.3.2
; measured: masscan 1.3.2
sig   = *:255:0:0:1024,0:::0

label = s:!:masscan:1.3.9 and newer
; robertdavidgraham/masscan, src/templ-pkt.c: default_tcp_template. Its IP ID is not zero.
sig   = *:255:0:1460:1025,0:mss::0
sig   = *:255:0:1460:1024,0:mss::0

label = s:!:hping3:
; measured: hping3 3.0.0-alpha-2, -S
sig   = *:64:0:0:512,0:::0

label = s:!:nping:
; measured: nping 7.93, --tcp
sig   = *:64:0:0:1480,0:::0

label = s:!:scapy:
; measured: scapy 2.5.0, IP()/TCP(flags="S"): sequence number 0
sig   = *:64:0:0:8192,0::seq-:0

label = s:!:traceroute -T:
; measured: traceroute 2.1.2, -T, and tcptraceroute. One packet for each hop, so its TTL is that of the hop.
sig   = *:32-:0:1460:mss*4,2:mss,sok,ts,nop,ws::0

label = s:!:NMap:SYN scan
; measured: nmap 7.93, -sS: a random TTL from 37 to 59
sig   = *:64-:0:1460:1024,0:mss::0

; Systems, for machines without p0f.fp and for settings that it does not have.

label = s:unix:Linux:4.20 and newer
; measured: Linux 6.18. Windows of 44 segments of 1,460 bytes since 4.20 ("tcp: up initial rmem to 128KB and SYN
; rwin to around 64KB", a337531b942b); the scale follows net.ipv4.tcp_rmem.
sig   = *:64:0:*:mss*44,*:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*48,*:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*52,*:mss,sok,ts,nop,ws:df,id+:0

label = s:unix:Linux:4.20 and newer (no timestamps)
; measured: net.ipv4.tcp_timestamps=0
sig   = *:64:0:*:mss*44,*:mss,nop,nop,sok,nop,ws:df,id+:0

label = s:unix:Linux:4.20 and newer (no SACK)
; measured: net.ipv4.tcp_sack=0, and with tcp_timestamps=0 or tcp_window_scaling=0
sig   = *:64:0:*:mss*44,*:mss,nop,nop,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*44,*:mss,nop,ws:df,id+:0
sig   = *:64:0:*:mss*44,0:mss,nop,nop,ts:df,id+:0

label = s:unix:Linux:4.20 and newer (no window scaling)
; measured: net.ipv4.tcp_window_scaling=0
sig   = *:64:0:*:mss*44,0:mss,sok,ts:df,id+:0

label = s:unix:Android:
; AOSP, system/core/rootdir/init.rc: net.tcp_def_init_rwnd=60, a window of 60 segments, which 16 bits cut
sig   = *:64:0:*:65535,*:mss,sok,ts,nop,ws:df,id+:0

label = s:win:Windows:10 or 11
; incolumitas.com/2021/03/13/tcp-ip-fingerprinting-for-vpn-and-proxy-detection: SYNs of web clients by User-Agent
sig   = *:128:0:*:mss*44,8:mss,nop,ws,nop,nop,sok:df,id+:0
sig   = *:128:0:*:65535,8:mss,nop,ws,nop,nop,sok:df,id+:0

label = s:unix:macOS or iOS:
; the same source: both have one network stack, and their SYNs do not differ. IP ID 0 with DF (RFC 6864).
sig   = *:64:0:*:65535,5:mss,nop,ws,nop,nop,ts,sok,eol+1:df:0
sig   = *:64:0:*:65535,6:mss,nop,ws,nop,nop,ts,sok,eol+1:df:0
sig   = *:64:0:*:65535,6:mss,nop,ws,nop,nop,ts,sok,eol+1:df,id+:0

label = s:unix:FreeBSD:9.x or newer
; FreeBSD, sys/netinet/tcp_input.c and tcp_output.c: tcp_addoptions() orders the options; the scale covers
; kern.ipc.maxsockbuf, 2 MiB. net.inet.ip.rfc6864 makes the IP ID 0 with DF since 11.0.
sig   = *:64:0:*:65535,6:mss,nop,ws,sok,ts:df,id+:0
sig   = *:64:0:*:65535,6:mss,nop,ws,sok,ts:df:0

label = s:unix:OpenBSD:6.1 and newer
; OpenBSD, etc/pf.os of 6.1: the window of 16,384 with a scale of 6
sig   = *:64:0:*:16384,6:mss,nop,nop,sok,nop,ws,nop,nop,ts:df,id+:0
