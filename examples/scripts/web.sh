#!/bin/sh
# A small web server that looks like an Apache with one page. Answers one request on stdin and stdout, and
# writes it to stderr, which Apiary logs:
#     GET "/index.html" 200 agent="curl/7.88.1"
# Try it by hand: printf 'GET / HTTP/1.0\r\n\r\n' | sh web.sh
LC_ALL=C
export LC_ALL
ulimit -d 65536  # kilobytes, against endless lines
case $HONEYD_PERSONALITY in  # what the banner says of the system fits the host
  *Windows*) server='Apache/2.4.57 (Win64)' ;;
  '' | *Linux*) server='Apache/2.4.57 (Debian)' ;;
  *) server='Apache/2.4.57 (Unix)' ;;
esac
header_limit=100
return_character=$(printf '\r')

# Sets `line` to the next line without its line end; fails if there is none.
read_line() {
  IFS= read -r line || [ -n "$line" ] || return 1
  line=${line%"$return_character"}
}

# Sets `escaped` to $1, at most 200 bytes of it, with quotes, backslashes and everything that is
# not printable ASCII as \xNN.
escape() {
  escaped=$(printf '%.200s' "$1" | tr -d '\n')
  case $escaped in
    *[!\ -~]* | *\"* | *\\*)
      escaped=$(printf '%s' "$escaped" | od -An -v -tu1 | awk '{
        for (i = 1; i <= NF; i++)
          printf($i < 32 || $i > 126 || $i == 34 || $i == 92 ? "\\x%02x" : "%c", $i + 0)
      }')
      ;;
  esac
}

# respond STATUS TYPE BODY [HEADER...]: sends the response, logs the request, and exits.
respond() {
  status=$1
  type=$2
  body=$3
  shift 3
  # In one write, as a real server sends few segments.
  headers=$(printf '%s\r\n' "HTTP/1.1 $status" "Date: $(date -u '+%a, %d %b %Y %H:%M:%S GMT')" \
    "Server: $server" "$@" "Content-Length: ${#body}" 'Connection: close' "Content-Type: $type")
  [ "$method" != HEAD ] || body=
  printf '%s\n\r\n%s' "$headers" "$body"

  escape "$method" && noted_method=$escaped
  escape "$path" && noted_path=$escaped
  escape "$agent"
  printf '%s "%s" %s agent="%s"\n' "$noted_method" "$noted_path" "${status%% *}" "$escaped" >&2
  exit 0
}

# refuse "404 Not Found" "Explanation." [HEADER...]
refuse() {
  refusal=$1
  explanation=$2
  shift 2
  respond "$refusal" 'text/html; charset=iso-8859-1' "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">
<html><head>
<title>$refusal</title>
</head><body>
<h1>${refusal#* }</h1>
<p>$explanation<br />
</p>
<hr>
<address>$server Server at ${HONEYD_IP_DST:-127.0.0.1} Port ${HONEYD_DST_PORT:-80}</address>
</body></html>
" "$@"
}

method= path= version= agent= host=
not_understood='Your browser sent a request that this server could not understand.'

read_line || exit 0
method=${line%% *}
case $line in
  *' '*' '*)
    path=${line#* }
    version=${path##* }
    path=${path% *}
    ;;
  *' '*) path=${line#* } ;;
esac

count=0
while read_line && [ -n "$line" ]; do
  count=$((count + 1))
  [ "$count" -le "$header_limit" ] || refuse '400 Bad Request' "$not_understood"
  case $line in
    [Uu][Ss][Ee][Rr]-[Aa][Gg][Ee][Nn][Tt]:*) agent=${line#*:} agent=${agent# } ;;
    [Hh][Oo][Ss][Tt]:*) host=${line#*:} ;;
  esac
done

case $method in
  '' | *[!A-Za-z-]*) refuse '400 Bad Request' "$not_understood" ;;
esac
case $path in
  [Hh][Tt][Tt][Pp]://*/*) path=/${path#*://*/} ;;  # a URL as in requests to a proxy
esac
case $version:$path in
  HTTP/1.[01]:*' '*) refuse '400 Bad Request' "$not_understood" ;;
  HTTP/1.[01]:/*) ;;
  HTTP/1.[01]:'*') [ "$method" = OPTIONS ] || refuse '400 Bad Request' "$not_understood" ;;
  *) refuse '400 Bad Request' "$not_understood" ;;
esac
[ "$version" != HTTP/1.1 ] || [ -n "$host" ] || refuse '400 Bad Request' "$not_understood"

case $method in
  GET | HEAD) ;;
  POST | PUT | DELETE | OPTIONS | TRACE | PATCH | CONNECT)
    refuse '405 Method Not Allowed' "The requested method $method is not allowed for this URL." \
      'Allow: GET,HEAD'
    ;;
  *) refuse '501 Not Implemented' 'The requested method is not supported for current URL.' ;;
esac

case ${path%%\?*} in
  / | /index.html) ;;
  *) refuse '404 Not Found' 'The requested URL was not found on this server.' ;;
esac

respond '200 OK' text/html '<!DOCTYPE html>
<html>
<head>
<title>Intranet</title>
</head>
<body>
<h1>Intranet</h1>
<p>This server is for staff. Please <a href="/login">sign in</a>.</p>
<p>Questions? Write to the <a href="mailto:webmaster@localhost">webmaster</a>.</p>
</body>
</html>
' 'Last-Modified: Tue, 14 May 2024 09:12:44 GMT' 'Accept-Ranges: bytes'
