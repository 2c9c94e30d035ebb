" Colours for apiary.conf(5). tools/generate writes the words.
if exists('b:current_syntax')
  finish
endif

syntax case match
syntax iskeyword @,48-57,_,-,.,/

" generated: words
syntax keyword apiaryStatement add annotate bind broadcast clone create debug delete dhcp dynamic include list
syntax keyword apiaryStatement option route set
syntax keyword apiaryAction block closed filtered internal open proxy reset tarpit
syntax keyword apiaryWord action bandwidth between checksum default drop droprate dstport duplicate egress
syntax keyword apiaryWord entry ethernet finscan fragment from gemodel gid icmp if in ip jitter key
syntax keyword apiaryWord latency link loss maxcpu maxfds maxfilesize maxmemory maxoutput maxprocesses
syntax keyword apiaryWord maxtime ms mtu name net network new no none normal old on os otherwise pareto
syntax keyword apiaryWord personality port proto proxy-protocol random reorder restart seed shared source
syntax keyword apiaryWord spoof srcport subsystem syn tcp time to transparent tunnel udp uid uniform
syntax keyword apiaryWord unreach uptime use
" generated: end

syntax match apiaryAddress /\<\d\{1,3}\(\.\d\{1,3}\)\{3}\(\/\d\{1,2}\)\?\>/
syntax match apiaryNumber /\<\d\+\(\.\d\+\)\?\(ms\|[KMG]bps\|am\|pm\)\?\>/
syntax match apiaryNumber /\<\d\{1,2}:\d\d\(am\|pm\)\?\>/
syntax match apiaryVariable /\$\(ipsrc\|ipdst\|sport\|dport\|date\|name\)/
syntax region apiaryText start=/"/ skip=/\\["\\]/ end=/"/ oneline contains=apiaryVariable
syntax match apiaryComment /#.*/ contains=@Spell

highlight default link apiaryStatement Statement
highlight default link apiaryWord Keyword
highlight default link apiaryAction Type
highlight default link apiaryAddress Constant
highlight default link apiaryNumber Number
highlight default link apiaryVariable Identifier
highlight default link apiaryText String
highlight default link apiaryComment Comment

let b:current_syntax = 'apiary'
