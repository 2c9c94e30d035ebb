#!/usr/bin/perl
# The telnet login of a router. Asks three times for a user name and a password like a Cisco router, rejects
# all, and writes each pair to stderr, which Apiary logs:
#     login attempt user="admin" password="cisco"
# A request of another protocol, as scanners send, is not a login:
#     another protocol: "GET / HTTP/1.0"
# It uses stdin and stdout. Try it by hand: perl router-telnet.pl
use strict;
use warnings;

use constant {
  TRIES       => 3,
  PROMPTS     => 10,     # limit of prompts, as an empty user name is asked for again
  LINE_LIMIT  => 128,    # characters kept of an answer
  PATIENCE    => 30,     # seconds for an answer
  BUFFER_SIZE => 1024,
};

# The telnet protocol, RFC 854, and two of its options, RFC 857 and RFC 858.
use constant { SE => 240, SB => 250, WILL => 251, WONT => 252, DO => 253, DONT => 254, IAC => 255 };
use constant { ECHO => 1, SUPPRESS_GO_AHEAD => 3 };

my %offered = (ECHO, 1, SUPPRESS_GO_AHEAD, 1);    # what we announce with WILL
my %refused;                # options already refused: each is refused once
my $echoes = 0;             # whether the client wants us to echo; nc does not
my $after_return = 0;       # whether the last character was a carriage return
my @input;                  # bytes read but not yet processed

binmode STDIN;
binmode STDOUT;
$SIG{PIPE} = sub { exit 0 };
$SIG{ALRM} = sub { put("\r\n% Login timed out\r\n"); exit 0 };

put(map { chr } map { (IAC, WILL, $_) } sort keys %offered);
put("\r\n\r\nUser Access Verification\r\n\r\n");

my $tries = 0;
my $is_login = 1;    # false after a line of another protocol
for my $prompt (1 .. PROMPTS) {
  my $user = ask('Username: ', 1);
  last unless defined $user;
  next if $user eq '';
  $is_login &&= $user !~ /[\x00-\x1f\x7f]/ && $user !~ m{^[A-Z]+ \S+ [A-Z]+/[0-9]};
  my $password = ask('Password: ', 0);
  if (!$is_login) {
    note(sprintf 'another protocol: "%s"', escape($user));
  } elsif (!defined $password) {
    note(sprintf 'login abandoned user="%s"', escape($user));
  } else {
    note(sprintf 'login attempt user="%s" password="%s"', escape($user), escape($password));
  }
  last unless defined $password;
  put("% Login invalid\r\n\r\n");
  last if ++$tries == TRIES;
}

# Prompts for a line and returns it without its line end; undef if the visitor has gone.
sub ask {
  my ($question, $is_shown) = @_;
  put($question);
  alarm PATIENCE;
  my $line = '';
  while (defined(my $c = next_character())) {
    if ($c eq "\r" || $c eq "\n") {
      put("\r\n") if $echoes;
      alarm 0;
      return $line;
    }
    if ($c eq "\x08" || $c eq "\x7f") {    # backspace, delete
      put("\x08 \x08") if $echoes && $is_shown && $line ne '';
      $line = substr $line, 0, -1 if $line ne '';
    } elsif ($c eq "\x15") {               # control-U: start again
      put("\x08 \x08" x length $line) if $echoes && $is_shown;
      $line = '';
    } elsif (length $line < LINE_LIMIT) {
      $line .= $c;
      put($c) if $echoes && $is_shown && $c =~ /[ -~]/;
    }
  }
  alarm 0;
  return $line eq '' ? undef : $line;
}

# The next typed character, after processing telnet commands; undef at the end. A line may end in CR LF, CR
# NUL (RFC 854), CR or LF.
sub next_character {
  while (defined(my $byte = next_byte())) {
    if ($byte == IAC) {
      my $command = next_byte();
      return undef unless defined $command;
      if ($command != IAC) {
        obey($command);
        next;
      }
    }
    my $ends_return = $after_return && ($byte == 10 || $byte == 0);
    $after_return = $byte == 13;
    return chr $byte unless $ends_return;
  }
  return undef;
}

sub obey {
  my ($command) = @_;
  return skip_subnegotiation() if $command == SB;
  return if $command < WILL;    # no operation, are you there, ...
  my $option = next_byte();
  return unless defined $option;
  if ($command == DO && $offered{$option}) {
    $echoes = 1 if $option == ECHO;
  } elsif ($command == DONT) {
    $echoes = 0 if $option == ECHO;
  } elsif ($command != WONT && !$refused{"$command $option"}++) {
    put(map { chr } IAC, $command == DO ? WONT : DONT, $option);
  }
}

sub skip_subnegotiation {
  my $before = 0;
  while (defined(my $byte = next_byte())) {
    return if $before == IAC && $byte == SE;
    $before = $before == IAC && $byte == IAC ? 0 : $byte;
  }
}

sub next_byte {
  if (!@input) {
    my $size = sysread STDIN, my $buffer, BUFFER_SIZE;
    return undef unless $size;
    @input = unpack 'C*', $buffer;
  }
  return shift @input;
}

sub put {
  my $text = join '', @_;
  while ($text ne '') {
    my $size = syswrite STDOUT, $text;
    exit 0 unless defined $size;
    substr($text, 0, $size) = '';
  }
}

sub note { syswrite STDERR, "$_[0]\n" }

# So that input can neither forge log lines nor contain terminal escapes.
sub escape {
  my ($text) = @_;
  $text =~ s/(["\\])/\\$1/g;
  $text =~ s/([^ -~])/sprintf '\\x%02x', ord $1/ge;
  return $text;
}
