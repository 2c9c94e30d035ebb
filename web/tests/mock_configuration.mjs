// A configuration, and a check of it that finds unknown words.
export const configurationText = `# The network of Figure 5 of the paper "Honeyd: A Virtual Honeypot Daemon" (N. Provos, 2003).

route entry 10.0.0.1
route 10.0.0.1 link 10.0.0.0/24
route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 55ms loss 0.1
route 10.0.0.1 add net 10.2.0.0/16 10.2.0.1 latency 20ms loss 0.1
route 10.1.0.1 link 10.1.0.0/24
route 10.2.0.1 link 10.2.0.0/24

create routerone
set routerone personality "Cisco 7206 running IOS 11.1(24)"
set routerone default tcp action reset
add routerone tcp port 23 "scripts/router-telnet.pl"

create netbsd
set netbsd personality "NetBSD 1.5.2 running on a Commodore Amiga (68040 processor)"
set netbsd default tcp action reset
add netbsd tcp port 22 proxy $ipsrc:22
add netbsd tcp port 80 "sh scripts/web.sh"
add netbsd subsystem "scripts/ftp.sh"

bind 10.0.0.1 routerone
bind 10.1.0.2 netbsd
`;

const known = new Set([
  'route',
  'create',
  'set',
  'add',
  'bind',
  'annotate',
  'delete',
  'include',
  'clone',
  'dhcp',
  'option',
]);

export function checkText(text) {
  return text.split('\n').flatMap((content, index) => {
    const [word = ''] = content.trim().split(/\s+/);
    const line = index + 1;
    if (word === '' || word.startsWith('#')) return [];
    if (!known.has(word)) {
      return [
        {
          severity: 'error',
          line,
          column: content.indexOf(word) + 1,
          length: word.length,
          message: `"${word}" begins no statement`,
          hint: 'a statement begins with create, set, add, bind or route',
        },
      ];
    }
    const subsystem = content.indexOf('subsystem');
    if (subsystem < 0) return [];
    return [
      {
        severity: 'not yet',
        line,
        column: subsystem + 1,
        length: 9,
        message: 'subsystems are not supported yet',
        hint: '',
      },
    ];
  });
}
