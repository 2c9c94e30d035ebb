#!/bin/bash
# A shell whose clone() a seccomp supervisor lets through fails with "Cannot fork".
#
# Version: dash 0.5.12-2, python3-seccomp 2.5.4-1+deb12u1 (Debian 12), Linux 6.18
# Behaviour: one expects a call that a supervisor answers with SECCOMP_USER_NOTIF_FLAG_CONTINUE to be as
#   without it. But the wait for the supervisor is interrupted by a signal that has a handler, and the
#   call then fails with EINTR if the handler has no SA_RESTART. A fork itself is never interrupted, so
#   programs do not expect that of it. dash handles SIGCHLD so: in a pipeline, the end of the first
#   command interrupts the fork of the second. A sandbox that only watches how many processes a shell
#   starts makes its scripts fail now and then.
# Output seen:
#   unsupervised: 0 pipelines failed
#   supervised: some pipelines failed: Cannot fork
# Source: measured; seccomp_unotify(2), "Interruption of system calls"
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && apt-get -qq -o APT::Sandbox::User=root download dash=0.5.12-2 libseccomp2=2.5.4-1+deb12u1 \
  python3-seccomp=2.5.4-1+deb12u1)
for package in "$folder"/*.deb; do dpkg -x "$package" "$folder/root"; done
dash=$(find "$folder/root" -path '*bin/dash')
export LD_LIBRARY_PATH=$folder/root/usr/lib/x86_64-linux-gnu PYTHONPATH=$folder/root/usr/lib/python3/dist-packages

cat > "$folder/supervise.py" <<'END'
"""supervise.py COMMAND...: runs a command whose clone() waits for this process, which lets each go on."""
import ctypes, fcntl, os, select, socket, struct, sys, time
import seccomp

RECEIVE, SEND, CONTINUE = 0xC0502100, 0xC0182101, 1  # linux/seccomp.h
ours, theirs = socket.socketpair()
child = os.fork()
if child == 0:
    filter = seccomp.SyscallFilter(seccomp.ALLOW)
    filter.add_rule(seccomp.NOTIFY, "clone")
    filter.load()
    socket.send_fds(theirs, [b"x"], [filter.get_notify_fd()])
    os.execv(sys.argv[1], sys.argv[1:])
theirs.close()
listener = socket.recv_fds(ours, 1, 1)[1][0]
poll = select.poll()
poll.register(listener, select.POLLIN)
while True:
    if any(event & select.POLLHUP for _, event in poll.poll(5000)):
        break
    time.sleep(0.002)  # a supervisor that has other work
    call = bytearray(80)
    try:
        fcntl.ioctl(listener, RECEIVE, call)
        fcntl.ioctl(listener, SEND, bytearray(struct.pack("=QqiI", struct.unpack_from("=Q", call)[0], 0, 0, CONTINUE)))
    except OSError:
        continue  # the call was interrupted
os.waitpid(child, 0)
END
script='failed=0
for number in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
  [ "$(echo a | tr a b)" = b ] || failed=$((failed + 1))
done
echo "$failed"'

{
  echo "unsupervised: $("$dash" -c "$script") pipelines failed"
  failed=$(timeout 60 python3 "$folder/supervise.py" "$dash" -c "$script" 2> "$folder/errors")
  ((failed > 0)) && echo "supervised: some pipelines failed: $(grep -o 'Cannot fork' "$folder/errors" | sort -u)"
} | tee "$folder/seen"
diff <(printf '%s\n' 'unsupervised: 0 pipelines failed' 'supervised: some pipelines failed: Cannot fork') "$folder/seen"
