"""A honeynet behind the dashboard."""
import lab

CONFIG = """
route entry 10.0.0.1 network 10.0.0.0/8
route 10.0.0.1 link 10.0.0.0/24
route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 5ms bandwidth 10Mbps
route 10.1.0.1 link 10.1.0.0/16
create server
set server personality "Linux 3.2 - 4.9"
set server default tcp action reset
add server tcp port 23 "perl scripts/router-telnet.pl"
add server tcp port 80 "sh scripts/web.sh"
bind 10.0.0.5 server
bind 10.1.0.0/24 server
"""
TOKEN = lab.TOKEN
BEARER = ("-H", f"Authorization: Bearer {TOKEN}")
AT = "http://127.0.0.1:8080"
