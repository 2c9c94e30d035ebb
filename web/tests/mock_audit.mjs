/** An audit with each verdict, as /api/audit has it. */
export function makeAudit(hosts) {
  const addresses = hosts.slice(0, 8).map(({ address }) => address);
  const tell = (id, name, verdict, explanation = '') => ({
    id,
    name,
    verdict,
    explanation,
    examined: 16,
    concerned: verdict === 'warn' || verdict === 'fail' ? addresses.length : 0,
    hosts: verdict === 'warn' || verdict === 'fail' ? addresses : [],
    mend: 'set NAME ethernet "VENDOR"',
    source: 'Nmap',
  });
  return {
    subject: 'honeynet.conf',
    hosts: 16,
    candidates: 65_536,
    score: 81,
    fails: true,
    tells: [
      tell('T3', 'retransmission', 'pass'),
      tell('T10', 'round trips', 'warn', 'all round trips take 110.000 ms'),
      tell('T14', 'IPv6 aliased prefixes', 'not applicable', 'Apiary has no IPv6 yet'),
      tell('T18', 'MAC addresses', 'fail', '8 addresses have the MAC address 02:00:00:00:00:01'),
      tell('T27', 'times of answers', 'not run', 'the clock is simulated: use --live'),
    ],
  };
}
