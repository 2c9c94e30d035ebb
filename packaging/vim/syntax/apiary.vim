" Colours for apiary.conf(5).
if exists('b:current_syntax')
  finish
endif

syntax case match
syntax iskeyword @,48-57,_,-,.,/

syntax keyword apiaryStatement create dynamic clone delete set add bind dhcp broadcast
syntax keyword apiaryStatement annotate option include route
syntax keyword apiaryWord default personality random action ethernet uptime droprate in syn uid gid
syntax keyword apiaryWord maxfds spoof from to seed tcp udp icmp proto port subsystem shared restart
syntax keyword apiaryWord use if otherwise source os ip time between on srcport dstport
syntax keyword apiaryWord no finscan fragment drop old new entry network link unreach net tunnel key checksum
syntax keyword apiaryWord latency loss bandwidth jitter reorder duplicate mtu
syntax keyword apiaryWord gemodel uniform normal pareto
syntax keyword apiaryAction block filtered reset closed open proxy internal tarpit

syntax match apiaryAddress /\<\d\{1,3}\(\.\d\{1,3}\)\{3}\(\/\d\{1,2}\)\?\>/
syntax match apiaryNumber /\<\d\+\(\.\d\+\)\?\(ms\|[KMG]bps\|am\|pm\)\?\>/
syntax match apiaryNumber /\<\d\{1,2}:\d\d\(am\|pm\)\?\>/
syntax match apiaryVariable /\$\(ipsrc\|ipdst\|sport\|dport\|date\)/
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
