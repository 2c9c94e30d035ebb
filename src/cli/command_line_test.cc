#include "cli/command_line.h"

#include <gtest/gtest.h>

#include <sstream>

#include "cli/option_values.h"

namespace apiary {
namespace {

/// Splits as a shell does, without quotation marks: '' is the empty word, ~ a blank within a word.
CommandLine parse(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) {
    std::replace(word.begin(), word.end(), '~', ' ');
    words.push_back(word == "''" ? "" : word);
  }
  return parse_command_line(words);
}

struct WrongLine {
  const char* line;
  const char* error;  // a part of it
};

TEST(CommandLine, explains_a_mistake_and_its_correction) {
  for (const WrongLine& wrong : std::vector<WrongLine>{
           // Options without effect.
           {"run -f x --capture-filter tcp", "apiary run: --capture-filter requires --capture"},
           {"run -f x --store-max-size 2G", "--store-max-size requires --store"},
           {"run -f x --store-max-age 5d", "--store-max-age requires --store"},
           {"run -f x --store-age 5d", "--store-max-age requires --store"},
           {"run -f x --store s --store-size 5", "'5' is less than 4K"},
           {"run -f x --rotate-size 2G", "--rotate-size: there is no file to rotate"},
           {"run -f x --sink json:e --store-max-age 5d", "--store-max-age requires --store"},
           {"run -f x --sink store:s --rotate-size 2G", "there is no file to rotate"},
           {"run -f x --rotate-time 2h --store s", "--rotate-time: there is no file to rotate"},
           {"run -f x --disk-budget 2G", "--disk-budget: there is no file to rotate"},
           {"run -f x --quarantine-max-size 5M", "--quarantine-max-size requires --quarantine"},
           {"events --files --type scan", "excludes"},
           {"run -f x --web-token t", "--web-token requires --web"},
           {"run -f x --web-group g", "--web-group requires --web"},
           {"web --port 65536", "--port"},
           {"web a b", "b"},
           {"run -f x -i tun:a --arp off", "--arp: tun: interfaces have no ARP"},
           {"explain x 10.0.0.1 icmp 80", "PORT: icmp has no ports"},
           {"run -f x --service-user root", "--service-user: services may not run as root"},
           {"check x --service-user root", "leave the option out, and each has a user of its own"},
           {"check x --allow-uid 0", "--allow-uid"},
           {"topology x --dot --svg", "excludes"},
           {"topology x --all --dot", "excludes"},
           {"ctl reload --json", "--json: 'reload' has no JSON output"},
           // Values.
           {"run -f x --store s --store-max-age 5", "'5' has no unit: write 5s, 5m, 5h or 5d"},
           {"run -f x --store s --store-max-age -5d", "invalid duration '-5d'"},
           {"run -f x --store s --store-max-age 1.5d", "invalid duration '1.5d'"},
           {"run -f x --store s --store-max-age 99999999999d", "invalid duration"},
           {"run -f x --store s --store-max-size -1", "invalid size '-1'"},
           {"run -f x --store s --store-max-size 5X", "invalid size '5X'"},
           {"run -f x --events e --rotate-size 99999999999G", "invalid size"},
           {"run -f x --store s --store-max-size 5", "'5' is less than 4K: write a size such as"},
           {"run -f x --events e --rotate-size 100B", "'100B' is less than 4K"},
           {"run -f x --sink jsn:e", "--sink: unknown kind of sink 'jsn'; known: json:FILE,"},
           {"run -f x --sink e", "--sink: 'e' names no kind of sink: write KIND:WHERE"},
           {"run -f x --sink json:e --sink json:", "'json:' does not say where: write json:FILE"},
           {"run -f x --sink syslog+udp://h:0", "'//h:0' is not a host"},
           {"run -f x --syslog logs", "--syslog: 'logs' is not a syslog server: use unix:/dev/log"},
           {"run -f x --sink ''", "--sink: is empty"},
           {"run -f x --sink", "--sink needs a value: SINK"},
           {"run -f x --arp maybe", "--arp: invalid value 'maybe': use one of ask, force, off"},
           {"events --since yesterday", "invalid duration 'yesterday'"},
           {"events --since 5", "'5' has no unit"},
           {"report --since 3600", "'3600' has no unit"},
           {"events --port 70000", "'70000' is not a whole number from 0 to 65535"},
           {"events --port -1", "'-1' is not a whole number"},
           {"events --port 22x", "'22x' is not a whole number"},
           {"events --source here", "invalid network 'here'"},
           {"events --type scam", "invalid value 'scam': use one of contact"},
           {"replay -f x y --seed -1", "'-1' is not a whole number"},
           {"replay -f x y --seed 18446744073709551616", "is not a whole number"},
           {"explain x 10.0.0.1 sctp", "invalid value 'sctp': use one of tcp, udp, icmp"},
           {"run -f x --service-user no-such-user", "this machine has no user 'no-such-user'"},
           {"check x --service-user no-such-user", "this machine has no user 'no-such-user'"},
           // Nothing given.
           {"run -f x --key ''", "--key: is empty"},
           {"run -f ''", "--file: is empty"},
           {"run -f x --key= -i eth0", "--key is empty"},
           {"run -f x ''", "NET: is empty"},
           {"check ''", "FILE: is empty"},
           {"run -f x --store", "--store needs a value: FILE"},
           {"run -f x --arp", "--arp needs a value: MODE"},
           {"run", "--file is required: name the configuration with -f FILE"},
           {"run -f x --events -", "--events: '-' is no file"},
           {"run -f x --capture -", "--capture: '-' is no file"},
           {"run -f x -l -", "--packet-log: '-' is no file"},
           {"run -f x --sink json:-", "--sink: '-' is no file"},
           {"run /dev/null", "--file is required: did you mean -f /dev/null?"},
           {"check", "FILE is required"},
           {"ctl", "COMMAND is required"},
           {"explain x", "IP is required"},
           // Too much.
           {"run -f x -f y", "--file was given more than once"},
           {"run -f x --store a --store b", "--store was given more than once"},
           {"events --since 1h --since 2h", "--since was given more than once"},
           {"-f x run", "-f must follow the subcommand: apiary run -f"},
           {"run --allow-spoof -f x -f y", "--file was given more than once"},
           {"ctl status --json --socket", "--socket needs a value: PATH"},
           {"check --json=banana x", "--json takes no value"},
           {"check x -- y", "'y' is an unexpected argument"},
           {"check x y", "'y' is an unexpected argument"},
           {"fmt x y z", "'y z' are unexpected arguments"},
           {"top now", "'now' is an unexpected argument"},
           {"personality list linux", "'linux' is an unexpected argument"},
           // Slips.
           {"", "apiary: missing subcommand: use one of run,"},
           {"chekc x", "unknown subcommand 'chekc': did you mean check?"},
           {"personality serach x",
            "apiary personality: unknown subcommand 'serach': did you mean search?"},
           {"personality", "apiary personality: missing subcommand: use one of list, search, show"},
           {"frobnicate", "unknown subcommand 'frobnicate': use one of run,"},
           {"help chekc", "unknown subcommand 'chekc': did you mean check?"},
           {"help chekc", "apiary help: unknown subcommand"},
           {"help check x", "has no subcommands"},
           {"run -f x --evnets e", "unknown option --evnets: did you mean --events?"},
           {"run --fiel x", "unknown option --fiel: did you mean --file?"},
           {"run -f x --evnets=e", "unknown option --evnets: did you mean --events?"},
           {"run -f x -z", "unknown option -z"},
           {"ctl statsu", "ctl: unknown command 'statsu': did you mean status?"},
           {"ctl --jsno status", "unknown option --jsno: did you mean --json?"},
           {"personality list --personalitis x", "did you mean --personalities?"},
           // Command lines of Honeyd.
           {"-d -f x -i eth0 10.0.0.0/8", "unknown option -d, which Honeyd has: remove it"},
           {"-f x -i eth0", "-f belongs to a subcommand: apiary run -f"},
           {"--socket x", "--socket belongs to a subcommand: apiary ctl --socket"},
           {"run -p nmap.prints -f x", "unknown option -p, which Honeyd has: use --personalities"},
           {"run -f x --disable-webserver", "remove it, there is no dashboard without --web"},
           {"check -p nmap.prints x", "unknown option -p\n"},
           {"--verison", "unknown option --verison: did you mean --version?"},
       }) {
    SCOPED_TRACE(wrong.line);
    const CommandLine line = parse(wrong.line);
    EXPECT_FALSE(line.action);
    EXPECT_NE(line.error.find(wrong.error), std::string::npos) << line.error;
    EXPECT_EQ(line.error.find("TEXT missing"), std::string::npos) << line.error;
  }
}

TEST(CommandLine, help_has_one_empty_line_between_its_parts) {
  for (const char* const words : {"--help", "run --help", "topology --help", "personality -h"}) {
    SCOPED_TRACE(words);
    const CommandLine line = parse(words);
    EXPECT_EQ(line.output.find("\n\n\n"), std::string::npos) << line.output;
    EXPECT_TRUE(line.output.ends_with("\n") && !line.output.ends_with("\n\n"));
  }
}

TEST(CommandLine, accepts_valid_command_lines) {
  for (const char* const good :
       {"run -f x",
        "run -f x -i eth0 -i eth1 10.0.0.0/8 10.9.0.1-10.9.0.9",
        "run -f x --store s --store-max-age 0 --store-max-size 0",
        "run -f x --store s --store-max-age 90s",
        "run -f x --store s --store-age 90s --store-size 1G",
        "run -f x -l log --rotate-size 20000 --rotate-time 1d --disk-budget 1T",
        "run -f x --capture c --rotate-size 0 --capture-filter tcp~port~22",
        "run -f x -i tun:a -i eth0 --arp force",
        "run -f x --web 127.0.0.1:80 --web-token t",
        "run -f x --web",
        "run -f x --quarantine q --quarantine-max-size 5M",
        "events --files --source 192.0.2.0/24",
        "run -f x --web -i eth0 --web-group adm",
        "run 10.0.0.0/8 -f x --web=unix:/run/x --web-token t",
        "web",
        "web --port 8080 /run/apiary/web.sock",
        "run -f x --sink json:a --sink json:b --sink=store:s --store-max-age 5d --rotate-size 2G",
        "run -f x --sink syslog+unix:/dev/log --sink syslog+tcp://[::1]:6514 10.0.0.0/8",
        "run -f x --events e --store s --sink store:t --syslog udp:h --store-age 90s",
        "run -f x --key=secret",
        "run -f x --key --json",
        "check --json --strict x",
        "check -- -x.conf",
        "explain x 10.0.0.1",
        "explain x 10.0.0.1 tcp http",
        "explain x 10.0.0.1 icmp",
        "topology x --svg",
        "replay -f x y --net 10.0.0.0/8 --seed 7",
        "personality search windows 10",
        "personality show Linux 2.6.32 - 3.10",
        "personality search windows~10",
        "ctl status --json",
        "ctl bind 10.0.0.9 netbsd",
        "ctl set x ethernet ''",
        "ctl bind~10.0.0.9~netbsd",
        "ctl help",
        "top --once",
        "events --type scan --type contact --port 22 --source 10.0.0.0/8 --host 10.0.0.1",
        "report --since 7d -o -",
        "help",
        "help run",
        "help personality search",
        "version"}) {
    SCOPED_TRACE(good);
    const CommandLine line = parse(good);
    EXPECT_TRUE(line.action) << line.error;
  }
}

TEST(CommandLine, prints_help_and_version) {
  EXPECT_NE(parse("--help").output.find("Examples:"), std::string::npos);
  EXPECT_NE(parse("run --help").output.find("--capture-filter"), std::string::npos);
  EXPECT_NE(parse("--version").output.find("apiary "), std::string::npos);
}

}  // namespace
}  // namespace apiary
